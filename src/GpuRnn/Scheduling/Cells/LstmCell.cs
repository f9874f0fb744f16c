using System.Globalization;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Cells.Amendments;

namespace GpuRnn.Scheduling.Cells;

/// <summary>The LSTM of Hochreiter and Schmidhuber (1997) with forget gate and without peepholes, as PyTorch has it.</summary>
/// <remarks>
/// Formula: <see cref="LstmNode"/>; with functions, limits or a projection that options choose, <see cref="ChosenLstmNode"/> with
/// <see cref="UnprojectedNode"/> or <see cref="ProjectionNode"/> behind it. States: h, c. Gates in the order of <see cref="LstmGate"/>. A projection is PyTorch's <c>proj_size</c>, <c>weight_hr</c>.
/// </remarks>
public sealed class LstmCell : Cell
{
    private const int Hidden = 0;
    private const int CellState = 1;
    private const string ProjectionWeight = "weight_hr";

    private static readonly int s_gateCount = Enum.GetValues<LstmGate>().Length;

    private static readonly CellOption s_projection = CellOption.Size(
        "projection", "Elements of the output, projected from the hidden units [default: the hidden units themselves]");

    private static readonly (FunctionOption Place, string Usual)[] s_places =
        [(FunctionOption.Gate, "sigmoid"), (FunctionOption.Candidate, "tanh"), (FunctionOption.State, "tanh")];

    private readonly float? _forgetBias;
    private readonly int? _projection;
    private readonly ChosenFunctions? _functions;

    /// <summary>Makes the cell.</summary>
    /// <param name="forgetBias">What the forget gate's two biases start from together; null draws them as all others.</param>
    public LstmCell(float? forgetBias = null)
    {
        _forgetBias = forgetBias;
    }

    private LstmCell(CellOptionValues options)
    {
        _forgetBias = options.Number(ForgetBias.Option);
        _projection = (int?)options.Number(s_projection);
        _functions = ChosenFunctions.Read(options, isNeeded: _projection is not null, hasCellClip: true, s_places);
    }

    /// <summary>Its entry in the list of cells.</summary>
    internal static CellDescription Description { get; } = new(
        "lstm",
        "long short-term memory with forget gate (Hochreiter and Schmidhuber 1997, Gers et al. 2000)",
        [
            ForgetBias.Option, s_projection, ChosenFunctions.CellClip, ChosenFunctions.Clip,
            .. FunctionOption.Gate.All, .. FunctionOption.Candidate.All, .. FunctionOption.State.All,
        ],
        options => new LstmCell(options),
        CellOptionValues.None
            .With(ChosenFunctions.Clip.Name, 0.4)
            .With(ChosenFunctions.CellClip.Name, 0.3)
            .With(FunctionOption.Gate.Function.Name, "hard-sigmoid")
            .With(FunctionOption.Candidate.Function.Name, "elu")
            .With(FunctionOption.State.Function.Name, "softsign"),
        CellOptionValues.None.With(s_projection.Name, 3))
    {
        RefusalTogether = options => ChosenFunctions.Refusal(options, s_places),
    };

    /// <inheritdoc/>
    public override string Name => _projection is int size ? string.Create(CultureInfo.InvariantCulture, $"lstm-projected-{size}")
        : _functions is null ? "lstm" : "lstm-chosen";

    /// <inheritdoc/>
    public override StepGraph BuildGraph(int inputSize, int hiddenSize)
    {
        string[] gates = [.. Enum.GetNames<LstmGate>().Select(gate => gate.ToLowerInvariant() + " gate")];
        string[] values = _functions is null ? gates : [.. gates.Select(gate => "sum of " + gate), .. gates, "squashed c", "unprojected h"];
        return new StepGraph(
            Name,
            [inputSize],
            [new StepState("h", _projection ?? hiddenSize), new StepState("c", hiddenSize)],
            [.. values.Select(value => new StepValue(value, hiddenSize))],
            [.. _functions?.Vectors(hiddenSize) ?? []],
            [
                InputProduct(s_gateCount, inputSize, hiddenSize),
                RecurrentProduct(s_gateCount, hiddenSize, 0) with { SourceWidth = _projection ?? hiddenSize },
                .. _functions is null
                    ? [new PointwiseNode("gates and state", typeof(LstmNode), hiddenSize, [Hidden, CellState], [0, 1, 2, 3])]
                    : Chosen(hiddenSize),
            ],
            Hidden);
    }

    /// <inheritdoc/>
    public override (StepGraph Graph, (int State, int Value)? Squashed) BuildOpenGraph(int inputSize, int hiddenSize)
    {
        StepGraph graph = BuildGraph(inputSize, hiddenSize);
        if (_functions is not null)
        {
            return (graph, null);
        }

        int normalised = graph.Values.Count;
        StepGraph open = graph with
        {
            Values = [.. graph.Values, new StepValue("normalised c", hiddenSize), new StepValue("squashed c", hiddenSize)],
            Nodes =
            [
                .. graph.Nodes.Where(node => node is not PointwiseNode),
                new PointwiseNode("gates and c", typeof(LstmStateNode), hiddenSize, [1], [0, 1, 2, 3]),
                new PointwiseNode("output", typeof(LstmOutputNode), hiddenSize, [0], [normalised + 1]),
            ],
        };
        return (open, (1, normalised));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
    {
        IReadOnlyList<CellParameter> gated =
            ForgetBias.Apply(GatedParameters(s_gateCount, inputSize, hiddenSize), _forgetBias, (int)LstmGate.Forget, hiddenSize);
        IEnumerable<CellParameter> weights = _projection is not int outputSize ? gated :
        [
            .. gated.Select(parameter => parameter.Name == "weight_hh" ? parameter with { Shape = [s_gateCount * hiddenSize, outputSize] } : parameter),
            new CellParameter(ProjectionWeight, [outputSize, hiddenSize], hiddenSize),
        ];
        return [.. weights, .. _functions?.Parameters(hiddenSize) ?? []];
    }

    private IEnumerable<StepNode> Chosen(int hiddenSize)
    {
        int[] written = [.. Enumerable.Range(0, ChosenLstmNode.HiddenValue + 1)];
        yield return new PointwiseNode("gates and state", typeof(ChosenLstmNode), hiddenSize, [CellState], written);
        if (_projection is not int outputSize)
        {
            yield return new PointwiseNode("output", typeof(UnprojectedNode), hiddenSize, [Hidden], []);
            yield break;
        }

        yield return new ProductNode(
            "projection", StepSource.Value(ChosenLstmNode.HiddenValue), ProjectionWeight, null, 0, 1, outputSize, hiddenSize, s_gateCount);
        yield return new PointwiseNode("output", typeof(ProjectionNode), outputSize, [Hidden], []);
    }
}
