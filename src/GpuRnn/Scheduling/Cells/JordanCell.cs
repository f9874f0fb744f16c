using System.Globalization;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Cells.JordanFeedbacks;

namespace GpuRnn.Scheduling.Cells;

/// <summary>The network of Jordan (1986): what comes back to the hidden units is the output, as a sum that decays.</summary>
/// <remarks>
/// Formulas: <see cref="JordanHiddenNode{TFeedback}"/>, <see cref="JordanOutputNode{TFeedback}"/>. States: y (the layer's output), the context k,
/// and h. The output has a width of its own; the decay is the constant <c>context_decay</c>, one number an output.
/// </remarks>
public sealed class JordanCell : Cell
{
    private const string DecayName = "context_decay";

    private const int Output = 0;
    private const int Context = 1;
    private const int Hidden = 2;

    private static readonly CellOption s_decay = CellOption.Number(
        "context-decay", "Share of the context of past outputs that stays in a step", 0.5, IsDecay, "a number of at least 0 and below 1");

    private static readonly CellOption s_recurrence = CellOption.Choice(
        "hidden-recurrence", "Whether hidden units also see their own past, beside what the output projects back", "none", "none", "full");

    private static readonly CellOption s_outputSize = CellOption.Size(
        "output-size", "Elements of the output that comes back [default: as many as hidden units]");

    private readonly float _decay;
    private readonly bool _isRecurrent;
    private readonly int? _outputSize;

    /// <summary>Makes the cell.</summary>
    /// <param name="decay">μ, the share of the context that stays in a step; at least 0 and below 1.</param>
    /// <param name="isRecurrent">True where the hidden units also see their own past.</param>
    /// <param name="outputSize">Elements of the output; as many as hidden units when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The decay or the size is none that the cell can have.</exception>
    public JordanCell(float decay = 0.5f, bool isRecurrent = false, int? outputSize = null)
    {
        if (!IsDecay(decay))
        {
            throw new ArgumentOutOfRangeException(
                nameof(decay), decay, $"JordanCell: the decay is {decay}, but {s_decay.Needed} is needed. Pass one such as 0.5.");
        }

        if (outputSize < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(outputSize), outputSize, $"JordanCell: outputSize is {outputSize}, but at least 1 is needed. Pass the width of the output.");
        }

        (_decay, _isRecurrent, _outputSize) = (decay, isRecurrent, outputSize);
    }

    /// <inheritdoc/>
    public override string Name => (_isRecurrent ? "jordan-recurrent" : "jordan")
        + (_outputSize is int size ? string.Create(CultureInfo.InvariantCulture, $"-{size}") : string.Empty);

    /// <summary>Its entry in the list of cells.</summary>
    internal static CellDescription Description { get; } = new(
        "jordan",
        "output fed back as a decaying context (Jordan 1986)",
        [s_decay, s_recurrence, s_outputSize],
        options => new JordanCell(options.Number(s_decay)!.Value, options.Word(s_recurrence) == "full", (int?)options.Number(s_outputSize)),
        CellOptionValues.None.With(s_recurrence.Name, "full").With(s_outputSize.Name, 3));

    /// <inheritdoc/>
    public override StepGraph BuildGraph(int inputSize, int hiddenSize)
    {
        int outputSize = _outputSize ?? hiddenSize;
        int outputSlot = _isRecurrent ? 2 : 1;
        return new StepGraph(
            Name,
            [inputSize],
            [new StepState("y", outputSize), new StepState("context", outputSize), new StepState("h", hiddenSize)],
            [],
            [new StepParameter(DecayName, outputSize)],
            [
                InputProduct(1, inputSize, hiddenSize),
                new ProductNode("back-projection", StepSource.PreviousState(Context), "weight_yh", null, 0, 1, hiddenSize, outputSize, 0)
                {
                    TiedToInputSlot = 0,
                },
                .. HiddenProducts(hiddenSize),
                new PointwiseNode("hidden units", Close(typeof(JordanHiddenNode<>)), hiddenSize, [Hidden], []),
                new ProductNode("output product", StepSource.CurrentState(Hidden), "weight_hy", "bias_hy", 0, 1, outputSize, hiddenSize, outputSlot),
                new PointwiseNode("output and context", Close(typeof(JordanOutputNode<>)), outputSize, [Output, Context], []),
            ],
            Output);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
    {
        int outputSize = _outputSize ?? hiddenSize;
        CellParameter[] recurrence = _isRecurrent ? [new CellParameter("weight_hh", [hiddenSize, hiddenSize], hiddenSize)] : [];
        return
        [
            new CellParameter("weight_ih", [hiddenSize, inputSize], hiddenSize),
            new CellParameter("bias_ih", [hiddenSize], hiddenSize),
            new CellParameter("weight_yh", [hiddenSize, outputSize], hiddenSize),
            .. recurrence,
            new CellParameter("weight_hy", [outputSize, hiddenSize], hiddenSize),
            new CellParameter("bias_hy", [outputSize], hiddenSize),
            new CellParameter(DecayName, [outputSize], outputSize) { IsLearned = false, Start = values => Array.Fill(values, _decay) },
        ];
    }

    private ProductNode[] HiddenProducts(int hiddenSize)
    {
        return !_isRecurrent ? [] :
        [
            new ProductNode("recurrent product", StepSource.PreviousState(Hidden), "weight_hh", null, 0, 1, hiddenSize, hiddenSize, 1)
            {
                TiedToInputSlot = 0,
            },
        ];
    }

    private Type Close(Type node)
    {
        return node.MakeGenericType(_isRecurrent ? typeof(ContextAndHiddenFeedback) : typeof(ContextFeedback));
    }

    private static bool IsDecay(float decay)
    {
        return decay is >= 0.0f and < 1.0f;
    }
}
