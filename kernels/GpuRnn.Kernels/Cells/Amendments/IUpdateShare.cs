using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells.Amendments;

/// <summary>Where zoneout finds the share of the new state: 0 keeps the old one, 1 takes the new one.</summary>
public interface IUpdateShare
{
    /// <summary>The share in the forward pass.</summary>
    /// <param name="slots">The node's slots.</param>
    /// <param name="slot">The number of the slot that holds it.</param>
    static abstract T Forward<T, TSlots>(ref TSlots slots, int slot)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T>;

    /// <summary>The same share in the backward pass.</summary>
    /// <param name="slots">The node's slots.</param>
    /// <param name="slot">The number of the slot that holds it.</param>
    static abstract T Backward<T, TSlots>(ref TSlots slots, int slot)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>;

    /// <summary>Adds to the gradient of the share, where it has one.</summary>
    static abstract void AddGradient<T, TSlots>(ref TSlots slots, int slot, T gradient)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>;
}
