using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Persistent;

/// <summary>A tile of twice as many rows.</summary>
/// <typeparam name="THalf">Half of the rows.</typeparam>
/// <typeparam name="TBlocks">The columns.</typeparam>
public struct DoubleRowTile<THalf, TBlocks> : IRowTile<DoubleRowTile<THalf, TBlocks>, TBlocks>
    where THalf : struct, IRowTile<THalf, TBlocks>
    where TBlocks : struct, IBlocks<TBlocks, F32>
{
    private THalf _first;
    private THalf _second;

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * THalf.Count;
    }

    /// <inheritdoc/>
    public static DoubleRowTile<THalf, TBlocks> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new() { _first = THalf.Zero, _second = THalf.Zero };
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(ref DoubleRowTile<THalf, TBlocks> tile, ArrayView<float> source, int at, TBlocks weights)
    {
        THalf.Add(ref tile._first, source, at, weights);
        THalf.Add(ref tile._second, source, at + THalf.Count, weights);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ArrayView<float> target, int at, int stride, ref DoubleRowTile<THalf, TBlocks> tile)
    {
        THalf.Store(target, at, stride, ref tile._first);
        THalf.Store(target, at + (THalf.Count * stride), stride, ref tile._second);
    }
}
