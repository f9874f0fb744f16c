namespace GpuRnn.Devices.Sequences;

/// <summary>
/// y = gain · (x − mean) / √(variance + ε) + shift, with mean and variance of the units of a row (layer normalisation) or of the rows of the step
/// (batch normalisation).
/// </summary>
/// <param name="Name">Names the node in plans and errors.</param>
/// <param name="Source">What it acts on.</param>
/// <param name="First">The first of the slots, or the state or value.</param>
/// <param name="Width">Elements of a row that are normalised: over a row, all together.</param>
/// <param name="Target">The value slot that receives the result of a state or a value; −1 where the result stays in the slots.</param>
/// <param name="Axis">Whose mean and variance are taken.</param>
/// <param name="Gain">Number of the graph's parameter that holds the gains.</param>
/// <param name="Shift">Number of the one that holds the shifts; null for none.</param>
/// <param name="FirstElement">Where this node's elements begin in both parameters and in the statistics.</param>
/// <remarks>
/// The variance is the mean of the squared differences from the mean. Executors keep x's normalised form for the backward pass themselves.
/// </remarks>
public sealed record NormalisationNode(
    string Name,
    NormalisationSource Source,
    int First,
    int Width,
    int Target,
    ReductionAxis Axis,
    int Gain,
    int? Shift,
    int FirstElement) : StepNode(Name)
{
    /// <summary>ε: what is added to each variance.</summary>
    public const float Epsilon = 1e-5f;

    /// <summary>The share by which running statistics move to those of a batch.</summary>
    public const float Momentum = 0.1f;

    /// <summary>Running statistics of a normalisation over the batch; null where there are none.</summary>
    public StepStatistics? Statistics { get; init; }

    /// <summary>True where the result takes the place of what was normalised.</summary>
    public bool IsInPlace => Source is NormalisationSource.Inputs or NormalisationSource.Products;

    /// <summary>The statistics' row for a step.</summary>
    /// <param name="order">Steps since the loop began.</param>
    public int StatisticsElement(int order) =>
        Statistics is null ? 0 : (Math.Min(order, Statistics.Steps - 1) * Statistics.RowWidth) + FirstElement;

    /// <summary>Rows are normalised apart, or units.</summary>
    public override StepSplits Splits => Axis == ReductionAxis.Row ? StepSplits.Batch : StepSplits.Hidden;
}
