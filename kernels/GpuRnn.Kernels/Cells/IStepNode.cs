using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells;

/// <summary>The pointwise mathematics of one node of a cell's step graph for one hidden unit of one batch row, with its derivatives.</summary>
/// <remarks>
/// Slot numbers are those of the cell's step graph. An executor instantiates the two methods with its own lane and slot types: a GPU
/// thread, a SIMD register of neighbouring units, or the double-precision reference. A node reads and writes nothing but its slots.
/// </remarks>
public interface IStepNode : IStepFunction
{
    /// <summary>Turns the gradients of what the node wrote into the gradients of what it read.</summary>
    /// <remarks>Must set the gradient of every input and product slot that the forward pass reads, once each.</remarks>
    static abstract void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>;
}
