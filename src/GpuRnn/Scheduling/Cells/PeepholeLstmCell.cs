using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;

namespace GpuRnn.Scheduling.Cells;

/// <summary>The LSTM of Gers and Schmidhuber (2000), whose gates look at their unit's own cell state.</summary>
/// <remarks>Formula: <see cref="PeepholeLstmNode"/>. States: h, c. Gates in the order of <see cref="LstmGate"/>.</remarks>
public sealed class PeepholeLstmCell : Cell
{
    private static readonly int s_gateCount = Enum.GetValues<LstmGate>().Length;
    private static readonly string[] s_peepholes = ["weight_ci", "weight_cf", "weight_co"];

    private readonly float? _forgetBias;

    /// <summary>Makes the cell.</summary>
    /// <param name="forgetBias">What the forget gate's two biases start from together; null draws them as all others.</param>
    public PeepholeLstmCell(float? forgetBias = null)
    {
        _forgetBias = forgetBias;
    }

    /// <inheritdoc/>
    public override string Name => "peephole";

    /// <summary>Its entry in the list of cells.</summary>
    internal static CellDescription Description { get; } = new(
        "peephole",
        "LSTM with diagonal peepholes (Gers and Schmidhuber 2000)",
        [ForgetBias.Option],
        options => new PeepholeLstmCell(options.Number(ForgetBias.Option)));

    /// <inheritdoc/>
    public override StepGraph BuildGraph(int inputSize, int hiddenSize)
    {
        return new StepGraph(
            Name,
            [inputSize],
            [new StepState("h", hiddenSize), new StepState("c", hiddenSize)],
            [.. Enum.GetNames<LstmGate>().Select(gate => new StepValue(gate.ToLowerInvariant() + " gate", hiddenSize))],
            [.. s_peepholes.Select(name => new StepParameter(name, hiddenSize))],
            [
                InputProduct(s_gateCount, inputSize, hiddenSize),
                RecurrentProduct(s_gateCount, hiddenSize, 0),
                new PointwiseNode("gates and state", typeof(PeepholeLstmNode), hiddenSize, [0, 1], [0, 1, 2, 3]),
            ],
            0);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
    {
        return
        [
            .. ForgetBias.Apply(GatedParameters(s_gateCount, inputSize, hiddenSize), _forgetBias, (int)LstmGate.Forget, hiddenSize),
            .. s_peepholes.Select(name => new CellParameter(name, [hiddenSize], hiddenSize)),
        ];
    }
}
