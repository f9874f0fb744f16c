using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Tiles;

/// <summary>Twice as many rows of a tile.</summary>
/// <typeparam name="TRows">Half of the rows.</typeparam>
/// <typeparam name="TLane">What a row is made of.</typeparam>
/// <typeparam name="TBlocks">A row's sums.</typeparam>
public struct TwiceRows<TRows, TLane, TBlocks> : IRows<TwiceRows<TRows, TLane, TBlocks>, TLane, TBlocks>
    where TRows : struct, IRows<TRows, TLane, TBlocks>
    where TLane : struct, IVectorReal<TLane>
    where TBlocks : struct, IBlocks<TBlocks, TLane>
{
    private TRows _first;
    private TRows _second;

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * TRows.Count;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TwiceRows<TRows, TLane, TBlocks> Begin<TSource>(ref TSource source, int row, TBlocks sums)
        where TSource : struct, IRowSource => new()
    {
        _first = TRows.Begin(ref source, row, sums),
        _second = TRows.Begin(ref source, row + TRows.Count, sums),
    };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(ref TwiceRows<TRows, TLane, TBlocks> rows, int position, TBlocks right)
    {
        TRows.Add(ref rows._first, position, right);
        TRows.Add(ref rows._second, position, right);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ArrayView<float> target, int index, ref TwiceRows<TRows, TLane, TBlocks> rows)
    {
        TRows.Store(target, index, ref rows._first);
        TRows.Store(target, index + (TRows.Count * TBlocks.Count * TLane.Count), ref rows._second);
    }
}
