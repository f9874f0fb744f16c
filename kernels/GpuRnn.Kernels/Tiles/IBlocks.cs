using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Tiles;

/// <summary>One row of a register tile: a few lanes that lie side by side in packed memory.</summary>
/// <typeparam name="TSelf">The type itself; each count has its own, so that a tile is registers without a loop over them.</typeparam>
/// <typeparam name="TLane">What the row is made of.</typeparam>
/// <remarks>In a product they are neighbouring columns; in a cell's step, the gates of the same units.</remarks>
public interface IBlocks<TSelf, TLane>
    where TSelf : struct, IBlocks<TSelf, TLane>
    where TLane : struct, IVectorReal<TLane>
{
    /// <summary>How many lanes.</summary>
    static abstract int Count { get; }

    /// <summary>Zero in every element.</summary>
    static abstract TSelf Zero { get; }

    /// <summary>Reads all lanes, one behind the other.</summary>
    static abstract TSelf Load(ArrayView<float> source, int index);

    /// <summary>Reads all lanes, each <paramref name="stride"/> elements behind the one before.</summary>
    static abstract TSelf LoadApart(ArrayView<float> source, int index, int stride);

    /// <summary>Writes all lanes, one behind the other.</summary>
    static abstract void Store(ArrayView<float> target, int index, TSelf blocks);

    /// <summary><c>left * right + addend</c> with one rounding, the same left lane for all.</summary>
    static abstract TSelf MultiplyAdd(TLane left, TSelf right, TSelf addend);

    /// <summary>One lane; the number is a constant once everything is inlined.</summary>
    static abstract TLane Block(TSelf blocks, int number);
}
