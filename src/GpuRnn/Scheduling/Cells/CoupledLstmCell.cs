using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;

namespace GpuRnn.Scheduling.Cells;

/// <summary>The LSTM with coupled input and forget gate of Greff et al. (2017): three gates instead of four.</summary>
/// <remarks>Formula: <see cref="CoupledLstmNode"/>. States: h, c. Gates in the order of <see cref="CoupledLstmGate"/>.</remarks>
public sealed class CoupledLstmCell : Cell
{
    private static readonly int s_gateCount = Enum.GetValues<CoupledLstmGate>().Length;

    private readonly float? _forgetBias;

    /// <summary>Makes the cell.</summary>
    /// <param name="forgetBias">What the forget gate's two biases start from together; null draws them as all others.</param>
    public CoupledLstmCell(float? forgetBias = null)
    {
        _forgetBias = forgetBias;
    }

    /// <inheritdoc/>
    public override string Name => "coupled";

    /// <summary>Its entry in the list of cells.</summary>
    internal static CellDescription Description { get; } = new(
        "coupled",
        "LSTM that takes in what it forgets (Greff et al. 2017)",
        [ForgetBias.Option],
        options => new CoupledLstmCell(options.Number(ForgetBias.Option)));

    /// <inheritdoc/>
    public override StepGraph BuildGraph(int inputSize, int hiddenSize)
    {
        return new StepGraph(
            Name,
            [inputSize],
            [new StepState("h", hiddenSize), new StepState("c", hiddenSize)],
            [.. Enum.GetNames<CoupledLstmGate>().Select(gate => new StepValue(gate.ToLowerInvariant() + " gate", hiddenSize))],
            [],
            [
                InputProduct(s_gateCount, inputSize, hiddenSize),
                RecurrentProduct(s_gateCount, hiddenSize, 0),
                new PointwiseNode("gates and state", typeof(CoupledLstmNode), hiddenSize, [0, 1], [0, 1, 2]),
            ],
            0);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
    {
        return ForgetBias.Apply(
            GatedParameters(s_gateCount, inputSize, hiddenSize), _forgetBias, (int)CoupledLstmGate.Forget, hiddenSize);
    }
}
