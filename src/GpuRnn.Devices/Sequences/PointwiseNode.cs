namespace GpuRnn.Devices.Sequences;

/// <summary>A node that treats every hidden unit of every batch row alone.</summary>
/// <param name="Name">Names the node in plans and errors.</param>
/// <param name="Implementation">The struct that implements the node's mathematics (<c>GpuRnn.Kernels.Cells.IStepNode</c>), closed if generic.</param>
/// <param name="Width">Units: the width of every slot that the node reads or writes.</param>
/// <param name="WrittenStates">Numbers of the states it writes.</param>
/// <param name="WrittenValues">Numbers of the value slots it writes.</param>
public sealed record PointwiseNode(
    string Name,
    Type Implementation,
    int Width,
    IReadOnlyList<int> WrittenStates,
    IReadOnlyList<int> WrittenValues) : StepNode(Name)
{
    /// <inheritdoc/>
    public override StepSplits Splits => StepSplits.Both;
}
