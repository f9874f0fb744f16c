using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;

namespace GpuRnn.Scheduling.Cells;

/// <summary>The LSTM of Hochreiter and Schmidhuber (1997) with forget gate and without peepholes, as PyTorch has it.</summary>
/// <remarks>Formula: <see cref="LstmNode"/>. States: h, c. Gates in the order of <see cref="LstmGate"/>.</remarks>
public sealed class LstmCell : Cell
{
    private static readonly int s_gateCount = Enum.GetValues<LstmGate>().Length;

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
        return GatedParameters(s_gateCount, inputSize, hiddenSize);
    }
}
