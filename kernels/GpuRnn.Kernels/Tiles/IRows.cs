using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Tiles;

/// <summary>The rows of a register tile: the sums of <c>rows × blocks × lanes</c> products, all in registers.</summary>
/// <typeparam name="TSelf">The type itself; nesting gives 1, 2, 4 or 8 rows without a loop over them.</typeparam>
/// <typeparam name="TLane">What a row is made of.</typeparam>
/// <typeparam name="TBlocks">One row.</typeparam>
public interface IRows<TSelf, TLane, TBlocks>
    where TSelf : struct, IRows<TSelf, TLane, TBlocks>
    where TLane : struct, IVectorReal<TLane>
    where TBlocks : struct, IBlocks<TBlocks, TLane>
{
    /// <summary>How many rows.</summary>
    static abstract int Count { get; }

    /// <summary>Finds the rows from <paramref name="row"/> on and gives all of them the same first sums.</summary>
    static abstract TSelf Begin<TSource>(ref TSource source, int row, TBlocks sums)
        where TSource : struct, IRowSource;

    /// <summary>Adds to each row its element at <paramref name="position"/> times a row of the right factor.</summary>
    static abstract void Add(ref TSelf rows, int position, TBlocks right);

    /// <summary>Writes the sums, row behind row.</summary>
    static abstract void Store(ArrayView<float> target, int index, ref TSelf rows);
}
