using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Cells.Activations;

namespace GpuRnn.Scheduling.Cells;

/// <summary>The simple recurrent unit of Elman (1990): one product of x_t, one of h at t−1, and an activation.</summary>
/// <remarks>
/// Formula: <see cref="ElmanNode{TActivation}"/>. State: h. Started from the identity it is the IRNN of Le, Jaitly and Hinton (2015), "A simple
/// way to initialize recurrent networks of rectified linear units": <c>weight_hh</c> the identity, both biases zero.
/// </remarks>
public sealed class ElmanCell : Cell
{
    private static readonly CellOption s_start = CellOption.Choice(
        "recurrent-start", "Start of the recurrent weight: drawn, or the identity with biases of zero (IRNN)", "uniform", "uniform", "identity");

    private const string UsualActivation = "tanh";

    private readonly Type _activation;
    private readonly bool _startsAsIdentity;

    private ElmanCell(string name, Type activation, bool startsAsIdentity)
    {
        Name = name;
        _activation = activation;
        _startsAsIdentity = startsAsIdentity;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>Its entry in the list of cells.</summary>
    internal static CellDescription Description { get; } = new(
        "elman", "simple recurrent unit (Elman 1990)", [ActivationChoice.Option, s_start], Make, ActivationChoice.FormsBut(UsualActivation));

    /// <summary>Makes the cell for an activation, which may be one of your own.</summary>
    /// <typeparam name="TActivation">The activation.</typeparam>
    /// <param name="name">The cell's name; saved models and errors show it.</param>
    /// <param name="startsAsIdentity">True to start as an IRNN.</param>
    public static ElmanCell Create<TActivation>(string name, bool startsAsIdentity = false)
        where TActivation : struct, IActivation
    {
        return new ElmanCell(name, typeof(TActivation), startsAsIdentity);
    }

    /// <inheritdoc/>
    public override StepGraph BuildGraph(int inputSize, int hiddenSize)
    {
        Type node = typeof(ElmanNode<>).MakeGenericType(_activation);
        return new StepGraph(
            Name,
            [inputSize],
            [new StepState("h", hiddenSize)],
            [],
            [],
            [
                InputProduct(1, inputSize, hiddenSize),
                RecurrentProduct(1, hiddenSize, 0),
                new PointwiseNode("activation", node, hiddenSize, [0], []),
            ],
            0);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
    {
        IReadOnlyList<CellParameter> parameters = GatedParameters(1, inputSize, hiddenSize);
        return _startsAsIdentity ? [.. parameters.Select(parameter => StartAsIdentity(parameter, hiddenSize))] : parameters;
    }

    private static ElmanCell Make(CellOptionValues options)
    {
        string activation = options.Find(ActivationChoice.Option.Name) ?? UsualActivation;
        string name = activation == UsualActivation ? "elman" : $"elman-{activation}";
        return new ElmanCell(name, ActivationChoice.Find(activation), options.Word(s_start) == "identity");
    }

    private static CellParameter StartAsIdentity(CellParameter parameter, int hiddenSize)
    {
        return parameter.Name switch
        {
            "weight_ih" => parameter,
            "weight_hh" => parameter with { Start = values => SetIdentity(values, hiddenSize) },
            _ => parameter with { Start = Array.Clear },
        };
    }

    private static void SetIdentity(float[] values, int size)
    {
        Array.Clear(values);
        for (int i = 0; i < size; i++)
        {
            values[(i * size) + i] = 1.0f;
        }
    }
}
