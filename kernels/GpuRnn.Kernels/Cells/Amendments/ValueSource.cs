using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells.Amendments;

/// <summary>A value that an earlier node of the step wrote.</summary>
/// <typeparam name="TNumber">Its number.</typeparam>
public readonly struct ValueSource<TNumber> : IDropSource
    where TNumber : struct, ISlotNumber
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T> => slots.Value(TNumber.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TSlots>(ref TSlots slots, T gradient)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T> => slots.AddValueGradient(TNumber.Value, gradient);
}
