using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells.Amendments;

/// <summary>Dropout of what a recurrent product reads: value = source · m, with a factor m that a row keeps for its whole sequence.</summary>
/// <typeparam name="TSource">What is dropped.</typeparam>
/// <typeparam name="TFactor">The input slot of m: 0 with probability p, else 1/(1 − p).</typeparam>
/// <typeparam name="TResult">The value slot that the product reads instead.</typeparam>
/// <remarks>
/// Source: Gal and Ghahramani (2016), "A theoretically grounded application of dropout in recurrent neural networks", equation 7, with one
/// mask for all gates (their tied weights) and the factor of the kept elements in training instead of in evaluation. What the cell's own node reads
/// of the same state, such as the h_(t−1) that a GRU keeps, is not dropped. Backward: the value's gradient times m goes to the source.
/// </remarks>
public readonly struct DropNode<TSource, TFactor, TResult> : IAmendingNode
    where TSource : struct, IDropSource
    where TFactor : struct, ISlotNumber
    where TResult : struct, ISlotNumber
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepSlots<T> =>
        slots.SetValue(TResult.Value, TSource.Forward<T, TSlots>(ref slots) * slots.Input(TFactor.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<T, TSlots>(ref TSlots slots)
        where T : struct, IReal<T>
        where TSlots : struct, IStepGradientSlots<T> =>
        TSource.Backward<T, TSlots>(ref slots, slots.ValueGradient(TResult.Value) * slots.Input(TFactor.Value));
}
