using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells.Amendments;

/// <summary>The mean of the shares that training draws, a constant of the unit: evaluation.</summary>
public readonly struct ExpectedShare : IUpdateShare
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T, TSlots>(ref TSlots slots, int slot)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T> => slots.Parameter(slot);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T, TSlots>(ref TSlots slots, int slot)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T> => slots.Parameter(slot);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddGradient<T, TSlots>(ref TSlots slots, int slot, T gradient)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T> => slots.AddParameterGradient(slot, gradient);
}
