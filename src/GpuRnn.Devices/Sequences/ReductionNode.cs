namespace GpuRnn.Devices.Sequences;

/// <summary>The sum of a value slot over the units of a row or over the rows of the batch, for layer and batch normalisation.</summary>
/// <param name="Name">Names the node in plans and errors.</param>
/// <param name="Axis">What is summed.</param>
/// <param name="SourceValue">The value slot that is summed, [B, Width].</param>
/// <param name="TargetValue">The value slot that receives the sum; a reader sees it broadcast over the summed axis.</param>
/// <param name="Width">Units of the source.</param>
public sealed record ReductionNode(
    string Name,
    ReductionAxis Axis,
    int SourceValue,
    int TargetValue,
    int Width) : StepNode(Name)
{
    /// <summary>A sum over the row keeps rows apart; a sum over the batch keeps units apart.</summary>
    public override StepSplits Splits => Axis == ReductionAxis.Row ? StepSplits.Batch : StepSplits.Hidden;
}
