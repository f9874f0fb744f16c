using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;

namespace GpuRnn.Scheduling.Cells;

/// <summary>The independently recurrent network (IndRNN) of Li et al. (2018): each unit's past reaches that unit alone.</summary>
/// <remarks>
/// Formula: <see cref="IndependentNode{TActivation}"/>. State: h. <c>weight_hh</c> is a vector that starts uniform in [0, 1), as the paper's long
/// memories need; the paper's bound on it while it is learned is the caller's matter.
/// </remarks>
public sealed class IndependentCell : Cell
{
    private const string RecurrentName = "weight_hh";

    private const string UsualActivation = "relu";

    private readonly string _activation;

    private IndependentCell(string activation)
    {
        _activation = activation;
    }

    /// <inheritdoc/>
    public override string Name => _activation == UsualActivation ? "indrnn" : $"indrnn-{_activation}";

    /// <summary>Its entry in the list of cells.</summary>
    internal static CellDescription Description { get; } = new(
        "indrnn",
        "independently recurrent units (Li et al. 2018)",
        [ActivationChoice.Option],
        options => new IndependentCell(options.Find(ActivationChoice.Option.Name) ?? UsualActivation),
        CellOptionValues.None.With(ActivationChoice.Option.Name, "tanh"));

    /// <inheritdoc/>
    public override StepGraph BuildGraph(int inputSize, int hiddenSize)
    {
        return new StepGraph(
            Name,
            [inputSize],
            [new StepState("h", hiddenSize)],
            [],
            [new StepParameter(RecurrentName, hiddenSize)],
            [
                InputProduct(1, inputSize, hiddenSize),
                new PointwiseNode(
                    "activation", typeof(IndependentNode<>).MakeGenericType(ActivationChoice.Find(_activation)), hiddenSize, [0], []),
            ],
            0);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
    {
        return
        [
            new CellParameter("weight_ih", [hiddenSize, inputSize], hiddenSize),
            new CellParameter(RecurrentName, [hiddenSize], 1) { Start = MoveAboveZero },
            new CellParameter("bias_ih", [hiddenSize], hiddenSize),
        ];
    }

    // Drawn within ±1.
    private static void MoveAboveZero(float[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (values[i] + 1.0f) / 2.0f;
        }
    }
}
