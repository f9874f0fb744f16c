using GpuRnn.Devices.Sequences;

namespace GpuRnn.Scheduling.Cells.Amendments;

/// <summary>What a recurrent layer adds to the step of any cell: each option changes the cell's step graph, and nothing else knows it.</summary>
/// <remarks>See <c>docs/decisions/0018-options-of-layers.md</c>.</remarks>
public sealed record StepOptions
{
    // Enough for every group of a cell's units to have some.
    private const int UnitsOfAnyGroup = 64;

    private const string HiddenName = "h";

    /// <summary>Nothing is added.</summary>
    public static StepOptions None { get; } = new();

    /// <summary>True to normalise the products over the units of a row, and an LSTM's c before its output. Ba, Kiros and Hinton (2016).</summary>
    public bool LayerNorm { get; init; }

    /// <summary>
    /// T_max, the steps that have running statistics of their own, to normalise over the rows of the batch in the same places; 0 for none. Cooijmans et al. (2016).
    /// </summary>
    public int BatchNormSteps { get; init; }

    /// <summary>Probability that a unit keeps a state instead of taking the new one, in training; in [0, 1). Krueger et al. (2017).</summary>
    /// <remarks>Of every state, or of all but h where <see cref="HiddenZoneout"/> is given: an LSTM's z_c.</remarks>
    public float Zoneout { get; init; }

    /// <summary>The probability of the state h where it has one of its own, the paper's z_h; null for that of the other states.</summary>
    public float? HiddenZoneout { get; init; }

    /// <summary>Probability of dropping what the recurrent products read, one mask a sequence, in training; in [0, 1). Gal and Ghahramani (2016).</summary>
    public float RecurrentDropout { get; init; }

    /// <summary>True where training draws random factors in the loop.</summary>
    public bool IsRandom => HasZoneout || RecurrentDropout > 0.0f;

    /// <summary>True where some state may be kept.</summary>
    public bool HasZoneout => Zoneout > 0.0f || HiddenZoneout > 0.0f;

    /// <summary>The probability with which a state is kept.</summary>
    internal float ZoneoutOf(StepState state) => state.Name == HiddenName ? HiddenZoneout ?? Zoneout : Zoneout;

    /// <summary>The cell with the options in its step.</summary>
    /// <param name="cell">Any cell.</param>
    /// <param name="isTraining">True for the step of training mode, false for that of evaluation; both have the same parameters.</param>
    /// <exception cref="ArgumentException">An option does not apply to the cell.</exception>
    public Cell Apply(Cell cell, bool isTraining)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return this == None ? cell
            : Refusal(cell) is (string option, string problem, string remedy) ? throw new ArgumentException($"Cell \"{cell}\", {option}: {problem}. {remedy}.", nameof(cell))
            : new AmendedCell(cell, this, isTraining);
    }

    /// <summary>What is wrong with the options for a cell: the one, what arrived and was needed, and what to do; null when they fit.</summary>
    public (string Option, string Problem, string Remedy)? Refusal(Cell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        StepGraph graph = cell.BuildGraph(1, UnitsOfAnyGroup);
        (string name, string arrived) = LayerNorm ? ("layer-norm", "it")
            : BatchNormSteps > 0 ? ("batch-norm", "it")
            : Zoneout > 0.0f ? ("zoneout", $"{Zoneout}")
            : HiddenZoneout > 0.0f ? ("zoneout-hidden", $"{HiddenZoneout}")
            : ("recurrent-dropout", $"{RecurrentDropout}");
        if (graph.HasPeriods && (LayerNorm || BatchNormSteps > 0 || HasZoneout))
        {
            return (name, $"{arrived} arrived for {cell}, but its units must take a new state at every step, and some of them wait", "Leave it out, or choose another cell");
        }

        return BatchNormSteps < 0 ? ("batch-norm", $"{BatchNormSteps} steps of statistics arrived, but 0 (none) or more are needed", "Pass the longest sequence's steps")
            : LayerNorm && BatchNormSteps > 0 ? ("batch-norm", "it arrived beside layer-norm, but a product has one normalisation", "Leave one of them out")
            : (LayerNorm || BatchNormSteps > 0) && !graph.RecurrentWeights().Any()
            ? (name, $"it arrived for {cell}, but a product with the past is needed, and each of its units sees its own past alone", "Leave it out, or choose another cell")
            : RecurrentDropout > 0.0f && !graph.RecurrentWeights().Any()
            ? ("recurrent-dropout", $"{RecurrentDropout} arrived for {cell}, but a product with the past is needed, and each of its units sees its own past alone", "Leave it out, or choose another cell")
            : null;
    }
}
