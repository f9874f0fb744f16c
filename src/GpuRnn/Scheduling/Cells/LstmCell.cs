using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;

namespace GpuRnn.Scheduling.Cells;

/// <summary>The LSTM of Hochreiter and Schmidhuber (1997) with forget gate and without peepholes, as PyTorch has it.</summary>
/// <remarks>Formula: <see cref="LstmNode"/>. States: h, c. Gates in the order of <see cref="LstmGate"/>.</remarks>
public sealed class LstmCell : Cell
{
    private static readonly int s_gateCount = Enum.GetValues<LstmGate>().Length;

    private readonly float? _forgetBias;

    /// <summary>Makes the cell.</summary>
    /// <param name="forgetBias">What the forget gate's two biases start from together; null draws them as all others.</param>
    public LstmCell(float? forgetBias = null)
    {
        _forgetBias = forgetBias;
    }

    /// <summary>Its entry in the list of cells.</summary>
    internal static CellDescription Description { get; } = new(
        "lstm",
        "long short-term memory with forget gate (Hochreiter and Schmidhuber 1997, Gers et al. 2000)",
        [ForgetBias.Option],
        options => new LstmCell(options.Number(ForgetBias.Option)));

    /// <inheritdoc/>
    public override string Name => "lstm";

    /// <inheritdoc/>
    public override StepGraph BuildGraph(int inputSize, int hiddenSize)
    {
        return new StepGraph(
            Name,
            [inputSize],
            [new StepState("h", hiddenSize), new StepState("c", hiddenSize)],
            [.. Enum.GetNames<LstmGate>().Select(gate => new StepValue(gate.ToLowerInvariant() + " gate", hiddenSize))],
            [],
            [
                InputProduct(s_gateCount, inputSize, hiddenSize),
                RecurrentProduct(s_gateCount, hiddenSize, 0),
                new PointwiseNode("gates and state", typeof(LstmNode), hiddenSize, [0, 1], [0, 1, 2, 3]),
            ],
            0);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
    {
        return ForgetBias.Apply(GatedParameters(s_gateCount, inputSize, hiddenSize), _forgetBias, (int)LstmGate.Forget, hiddenSize);
    }
}
