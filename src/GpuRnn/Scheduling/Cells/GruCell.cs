using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;

namespace GpuRnn.Scheduling.Cells;

/// <summary>The gated recurrent unit of Cho et al. (2014), with the reset gate after or before the recurrent product.</summary>
/// <remarks>
/// Formulas: <see cref="GruNode"/> (after), <see cref="GruGateNode"/> and <see cref="GruCandidateNode"/> (before).
/// With functions or a limit that options choose: <see cref="ChosenGruNode"/>, <see cref="ChosenGruGateNode"/>, <see cref="ChosenGruCandidateNode"/>.
/// State: h. Gates in the order of <see cref="GruGate"/>; both forms have the same parameters.
/// </remarks>
public sealed class GruCell : Cell
{
    private static readonly int s_gateCount = Enum.GetValues<GruGate>().Length;

    private static readonly (FunctionOption Place, string Usual)[] s_places = [(FunctionOption.Gate, "sigmoid"), (FunctionOption.Candidate, "tanh")];

    private readonly ChosenFunctions? _functions;

    // The two gates, then the candidate: Ba, Kiros and Hinton (2016), equations 23 to 26.
    private static readonly int[] s_together = [2, 1];

    /// <summary>Makes the cell.</summary>
    /// <param name="reset">Where the reset gate acts.</param>
    public GruCell(GruReset reset)
    {
        Reset = reset;
    }

    private GruCell(GruReset reset, CellOptionValues options)
        : this(reset)
    {
        _functions = ChosenFunctions.Read(options, isNeeded: false, hasCellClip: false, s_places);
    }

    /// <summary>Where the reset gate acts.</summary>
    public GruReset Reset { get; }

    /// <inheritdoc/>
    public override string Name => (Reset == GruReset.AfterProduct ? "gru" : "gru-reset-before") + (_functions is null ? string.Empty : "-chosen");

    /// <summary>Its entry in the list of cells.</summary>
    internal static CellDescription Description(GruReset reset)
    {
        string product = reset == GruReset.AfterProduct ? "after the product, as PyTorch and cuDNN do" : "before the product, as published";
        return new CellDescription(
            new GruCell(reset).Name,
            $"gated recurrent unit (Cho et al. 2014), reset gate {product}",
            [ChosenFunctions.Clip, .. FunctionOption.Gate.All, .. FunctionOption.Candidate.All],
            options => new GruCell(reset, options),
            CellOptionValues.None
                .With(ChosenFunctions.Clip.Name, 0.4)
                .With(FunctionOption.Gate.Function.Name, "hard-sigmoid")
                .With(FunctionOption.Candidate.Function.Name, "leaky-relu"))
        {
            RefusalTogether = options => ChosenFunctions.Refusal(options, s_places),
        };
    }

    /// <inheritdoc/>
    public override StepGraph BuildGraph(int inputSize, int hiddenSize)
    {
        string[] values = Reset == GruReset.AfterProduct ? ["r", "z", "n", "product of n"] : ["r", "z", "r h", "n"];
        string[] sums = _functions is null ? [] : ["sum of r", "sum of z", "sum of n"];
        return new StepGraph(
            Name,
            [inputSize],
            [new StepState("h", hiddenSize)],
            [.. values.Concat(sums).Select(value => new StepValue(value, hiddenSize))],
            [.. _functions?.Vectors(hiddenSize) ?? []],
            [
                InputProduct(s_gateCount, inputSize, hiddenSize) with { NormalisedTogether = s_together },
                .. Reset == GruReset.AfterProduct ? StepAfter(hiddenSize) : StepBefore(hiddenSize),
            ],
            0);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
    {
        return [.. GatedParameters(s_gateCount, inputSize, hiddenSize), .. _functions?.Parameters(hiddenSize) ?? []];
    }

    private StepNode[] StepAfter(int hiddenSize)
    {
        return
        [
            // Not tied: the reset gate scales the gradient of the product's candidate block, but not that of the input's.
            RecurrentProduct(s_gateCount, hiddenSize, null) with { NormalisedTogether = s_together },
            new PointwiseNode("gates and state", _functions is null ? typeof(GruNode) : typeof(ChosenGruNode), hiddenSize, [0], _functions is null ? [0, 1, 2, 3] : [0, 1, 2, 3, 4, 5, 6]),
        ];
    }

    private StepNode[] StepBefore(int hiddenSize)
    {
        int gates = (int)GruGate.New;
        return
        [
            RecurrentProduct(gates, hiddenSize, 0),
            _functions is null
                ? new PointwiseNode("gates", typeof(GruGateNode), hiddenSize, [], [0, 1, 2])
                : new PointwiseNode("gates", typeof(ChosenGruGateNode), hiddenSize, [], [0, 1, 2, 4, 5]),
            new ProductNode(
                "candidate product", StepSource.Value(2), "weight_hh", "bias_hh", gates * hiddenSize, 1, hiddenSize, hiddenSize, gates)
            {
                TiedToInputSlot = gates,
            },
            _functions is null
                ? new PointwiseNode("candidate and state", typeof(GruCandidateNode), hiddenSize, [0], [3])
                : new PointwiseNode("candidate and state", typeof(ChosenGruCandidateNode), hiddenSize, [0], [3, 6]),
        ];
    }
}
