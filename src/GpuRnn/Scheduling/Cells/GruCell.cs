using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;

namespace GpuRnn.Scheduling.Cells;

/// <summary>The gated recurrent unit of Cho et al. (2014), with the reset gate after or before the recurrent product.</summary>
/// <remarks>
/// Formulas: <see cref="GruNode"/> (after), <see cref="GruGateNode"/> and <see cref="GruCandidateNode"/> (before).
/// State: h. Gates in the order of <see cref="GruGate"/>; both forms have the same parameters.
/// </remarks>
public sealed class GruCell : Cell
{
    private static readonly int s_gateCount = Enum.GetValues<GruGate>().Length;

    /// <summary>Makes the cell.</summary>
    /// <param name="reset">Where the reset gate acts.</param>
    public GruCell(GruReset reset)
    {
        Reset = reset;
    }

    /// <summary>Where the reset gate acts.</summary>
    public GruReset Reset { get; }

    /// <inheritdoc/>
    public override string Name => Reset == GruReset.AfterProduct ? "gru" : "gru-reset-before";

    /// <summary>Its entry in the list of cells.</summary>
    internal static CellDescription Description(GruReset reset)
    {
        GruCell cell = new(reset);
        string product = reset == GruReset.AfterProduct ? "after the product, as PyTorch and cuDNN do" : "before the product, as published";
        return new CellDescription(cell.Name, $"gated recurrent unit (Cho et al. 2014), reset gate {product}", [], _ => new GruCell(reset));
    }

    /// <inheritdoc/>
    public override StepGraph BuildGraph(int inputSize, int hiddenSize)
    {
        string[] values = Reset == GruReset.AfterProduct ? ["r", "z", "n", "product of n"] : ["r", "z", "r h", "n"];
        return new StepGraph(
            Name,
            [inputSize],
            [new StepState("h", hiddenSize)],
            [.. values.Select(value => new StepValue(value, hiddenSize))],
            [],
            [
                InputProduct(s_gateCount, inputSize, hiddenSize),
                .. Reset == GruReset.AfterProduct ? StepAfter(hiddenSize) : StepBefore(hiddenSize),
            ],
            0);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
    {
        return GatedParameters(s_gateCount, inputSize, hiddenSize);
    }

    private static StepNode[] StepAfter(int hiddenSize)
    {
        return
        [
            // Not tied: the reset gate scales the gradient of the product's candidate block, but not that of the input's.
            RecurrentProduct(s_gateCount, hiddenSize, null),
            new PointwiseNode("gates and state", typeof(GruNode), hiddenSize, [0], [0, 1, 2, 3]),
        ];
    }

    private static StepNode[] StepBefore(int hiddenSize)
    {
        int gates = (int)GruGate.New;
        return
        [
            RecurrentProduct(gates, hiddenSize, 0),
            new PointwiseNode("gates", typeof(GruGateNode), hiddenSize, [], [0, 1, 2]),
            new ProductNode(
                "candidate product", StepSource.Value(2), "weight_hh", "bias_hh", gates * hiddenSize, 1, hiddenSize, hiddenSize, gates)
            {
                TiedToInputSlot = gates,
            },
            new PointwiseNode("candidate and state", typeof(GruCandidateNode), hiddenSize, [0], [3]),
        ];
    }
}
