using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Tiles;

/// <summary>Two lanes of a tile's row.</summary>
/// <typeparam name="TLane">What the row is made of.</typeparam>
public struct Blocks2<TLane> : IBlocks<Blocks2<TLane>, TLane>
    where TLane : struct, IVectorReal<TLane>
{
    private TLane _first;
    private TLane _second;

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2;
    }

    /// <inheritdoc/>
    public static Blocks2<TLane> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new()
        {
            _first = TLane.Zero,
            _second = TLane.Zero,
        };
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Blocks2<TLane> Load(ArrayView<float> source, int index) => new()
    {
        _first = TLane.Load(source, index),
        _second = TLane.Load(source, index + TLane.Count),
    };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Blocks2<TLane> LoadApart(ArrayView<float> source, int index, int stride) => new()
    {
        _first = TLane.Load(source, index),
        _second = TLane.Load(source, index + stride),
    };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ArrayView<float> target, int index, Blocks2<TLane> blocks)
    {
        TLane.Store(target, index, blocks._first);
        TLane.Store(target, index + TLane.Count, blocks._second);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Blocks2<TLane> MultiplyAdd(TLane left, Blocks2<TLane> right, Blocks2<TLane> addend) => new()
    {
        _first = TLane.MultiplyAdd(left, right._first, addend._first),
        _second = TLane.MultiplyAdd(left, right._second, addend._second),
    };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Block(Blocks2<TLane> blocks, int number) => number switch
    {
        0 => blocks._first,
        _ => blocks._second,
    };
}
