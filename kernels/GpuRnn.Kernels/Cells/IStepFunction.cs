using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells;

/// <summary>What one node of a cell's step graph computes for one hidden unit of one batch row, without its derivatives.</summary>
/// <remarks>
/// A struct that implements this alone is enough for a cell of one's own: the library finds the backward pass. Slot numbers are those of the
/// cell's step graph. A function reads and writes nothing but its slots.
/// </remarks>
public interface IStepFunction
{
    /// <summary>Computes the node's values and new states of step t.</summary>
    static abstract void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>;
}
