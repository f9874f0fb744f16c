using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Tiles;

/// <summary>Four lanes of a tile's row.</summary>
/// <typeparam name="TLane">What the row is made of.</typeparam>
public struct Blocks4<TLane> : IBlocks<Blocks4<TLane>, TLane>
    where TLane : struct, IVectorReal<TLane>
{
    private TLane _first;
    private TLane _second;
    private TLane _third;
    private TLane _fourth;

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 4;
    }

    /// <inheritdoc/>
    public static Blocks4<TLane> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new()
        {
            _first = TLane.Zero,
            _second = TLane.Zero,
            _third = TLane.Zero,
            _fourth = TLane.Zero,
        };
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Blocks4<TLane> Load(ArrayView<float> source, int index) => new()
    {
        _first = TLane.Load(source, index),
        _second = TLane.Load(source, index + TLane.Count),
        _third = TLane.Load(source, index + (2 * TLane.Count)),
        _fourth = TLane.Load(source, index + (3 * TLane.Count)),
    };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Blocks4<TLane> LoadApart(ArrayView<float> source, int index, int stride) => new()
    {
        _first = TLane.Load(source, index),
        _second = TLane.Load(source, index + stride),
        _third = TLane.Load(source, index + (2 * stride)),
        _fourth = TLane.Load(source, index + (3 * stride)),
    };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ArrayView<float> target, int index, Blocks4<TLane> blocks)
    {
        TLane.Store(target, index, blocks._first);
        TLane.Store(target, index + TLane.Count, blocks._second);
        TLane.Store(target, index + (2 * TLane.Count), blocks._third);
        TLane.Store(target, index + (3 * TLane.Count), blocks._fourth);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Blocks4<TLane> MultiplyAdd(TLane left, Blocks4<TLane> right, Blocks4<TLane> addend) => new()
    {
        _first = TLane.MultiplyAdd(left, right._first, addend._first),
        _second = TLane.MultiplyAdd(left, right._second, addend._second),
        _third = TLane.MultiplyAdd(left, right._third, addend._third),
        _fourth = TLane.MultiplyAdd(left, right._fourth, addend._fourth),
    };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Block(Blocks4<TLane> blocks, int number) => number switch
    {
        0 => blocks._first,
        1 => blocks._second,
        2 => blocks._third,
        _ => blocks._fourth,
    };
}
