namespace GpuRnn.Kernels.Cells.Amendments;

/// <summary>The number of a slot as a type, for nodes that are put into the graphs of many cells and so find their slots at other numbers in each.</summary>
public interface ISlotNumber
{
    /// <summary>The number, at least 0.</summary>
    static abstract int Value { get; }
}
