using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Persistent;

/// <summary>A tile of one row.</summary>
/// <typeparam name="TBlocks">The columns.</typeparam>
public struct SingleRowTile<TBlocks> : IRowTile<SingleRowTile<TBlocks>, TBlocks>
    where TBlocks : struct, IBlocks<TBlocks, F32>
{
    private TBlocks _sums;

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1;
    }

    /// <inheritdoc/>
    public static SingleRowTile<TBlocks> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new() { _sums = TBlocks.Zero };
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(ref SingleRowTile<TBlocks> tile, ArrayView<float> source, int at, TBlocks weights) =>
        tile._sums = TBlocks.MultiplyAdd(new F32(source[at]), weights, tile._sums);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ArrayView<float> target, int at, int stride, ref SingleRowTile<TBlocks> tile) =>
        TBlocks.Store(target, at, tile._sums);
}
