using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Tiles;

/// <summary>A single row of a tile.</summary>
/// <typeparam name="TLane">What the row is made of.</typeparam>
/// <typeparam name="TBlocks">The row's sums.</typeparam>
public struct OneRow<TLane, TBlocks> : IRows<OneRow<TLane, TBlocks>, TLane, TBlocks>
    where TLane : struct, IVectorReal<TLane>
    where TBlocks : struct, IBlocks<TBlocks, TLane>
{
    private ArrayView<float> _memory;
    private int _start;
    private TBlocks _sums;

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneRow<TLane, TBlocks> Begin<TSource>(ref TSource source, int row, TBlocks sums)
        where TSource : struct, IRowSource
    {
        OneRow<TLane, TBlocks> only = default;
        source.Find(row, out only._memory, out only._start);
        only._sums = sums;
        return only;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(ref OneRow<TLane, TBlocks> rows, int position, TBlocks right) =>
        rows._sums = TBlocks.MultiplyAdd(TLane.Broadcast(rows._memory[rows._start + position]), right, rows._sums);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ArrayView<float> target, int index, ref OneRow<TLane, TBlocks> rows) =>
        TBlocks.Store(target, index, rows._sums);
}
