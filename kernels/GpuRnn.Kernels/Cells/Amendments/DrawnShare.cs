using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells.Amendments;

/// <summary>The share that was drawn for this unit, row and step, in an input slot: training.</summary>
public readonly struct DrawnShare : IUpdateShare
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T, TSlots>(ref TSlots slots, int slot)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T> => slots.Input(slot);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T, TSlots>(ref TSlots slots, int slot)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T> => slots.Input(slot);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddGradient<T, TSlots>(ref TSlots slots, int slot, T gradient)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T>
    {
        // What was drawn has none.
    }
}
