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
    /// <summary>The first unit of the states that the node reads and writes: its own unit 0.</summary>
    public int FirstUnit { get; init; }

    /// <summary>The input slot that the node sees as its slot 0.</summary>
    public int FirstInputSlot { get; init; }

    /// <summary>The product slot that the node sees as its slot 0.</summary>
    public int FirstProductSlot { get; init; }

    /// <summary>True when the node sees the cell's slots and states under other numbers than the cell's.</summary>
    public bool IsShifted => FirstUnit != 0 || FirstInputSlot != 0 || FirstProductSlot != 0;

    /// <inheritdoc/>
    public override StepSplits Splits => StepSplits.Both;
}
