using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells.Amendments;

/// <summary>What a product of a step reads, before some of it is dropped.</summary>
public interface IDropSource
{
    /// <summary>The element at this unit.</summary>
    static abstract T Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>;

    /// <summary>Adds to the gradient of that element.</summary>
    static abstract void Backward<T, TSlots>(ref TSlots slots, T gradient)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>;
}
