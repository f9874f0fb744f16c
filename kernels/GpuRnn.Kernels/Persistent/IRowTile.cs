using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Persistent;

/// <summary>A thread's register tile of a recurrent product: some neighbouring rows times the columns of <typeparamref name="TBlocks"/>.</summary>
/// <typeparam name="TSelf">The type itself; nesting gives 1, 2, 4 or 8 rows without a loop over them.</typeparam>
/// <typeparam name="TBlocks">The columns.</typeparam>
/// <remarks>Unlike <see cref="IRows{TSelf, TLane, TBlocks}"/> its rows lie side by side in memory, so that one address serves all.</remarks>
public interface IRowTile<TSelf, TBlocks>
    where TSelf : struct, IRowTile<TSelf, TBlocks>
    where TBlocks : struct, IBlocks<TBlocks, F32>
{
    /// <summary>How many rows.</summary>
    static abstract int Count { get; }

    /// <summary>Zero in every sum.</summary>
    static abstract TSelf Zero { get; }

    /// <summary>Adds to each row its element of <paramref name="source"/>, from <paramref name="at"/> on, times the columns' weights.</summary>
    static abstract void Add(ref TSelf tile, ArrayView<float> source, int at, TBlocks weights);

    /// <summary>Writes the sums, rows <paramref name="stride"/> elements apart.</summary>
    static abstract void Store(ArrayView<float> target, int at, int stride, ref TSelf tile);
}
