using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Tiles;

/// <summary>Three lanes of a tile's row.</summary>
/// <typeparam name="TLane">What the row is made of.</typeparam>
public struct Blocks3<TLane> : IBlocks<Blocks3<TLane>, TLane>
    where TLane : struct, IVectorReal<TLane>
{
    private TLane _first;
    private TLane _second;
    private TLane _third;

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 3;
    }

    /// <inheritdoc/>
    public static Blocks3<TLane> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new()
        {
            _first = TLane.Zero,
            _second = TLane.Zero,
            _third = TLane.Zero,
        };
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Blocks3<TLane> Load(ArrayView<float> source, int index) => new()
    {
        _first = TLane.Load(source, index),
        _second = TLane.Load(source, index + TLane.Count),
        _third = TLane.Load(source, index + (2 * TLane.Count)),
    };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Blocks3<TLane> LoadApart(ArrayView<float> source, int index, int stride) => new()
    {
        _first = TLane.Load(source, index),
        _second = TLane.Load(source, index + stride),
        _third = TLane.Load(source, index + (2 * stride)),
    };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ArrayView<float> target, int index, Blocks3<TLane> blocks)
    {
        TLane.Store(target, index, blocks._first);
        TLane.Store(target, index + TLane.Count, blocks._second);
        TLane.Store(target, index + (2 * TLane.Count), blocks._third);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Blocks3<TLane> MultiplyAdd(TLane left, Blocks3<TLane> right, Blocks3<TLane> addend) => new()
    {
        _first = TLane.MultiplyAdd(left, right._first, addend._first),
        _second = TLane.MultiplyAdd(left, right._second, addend._second),
        _third = TLane.MultiplyAdd(left, right._third, addend._third),
    };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Block(Blocks3<TLane> blocks, int number) => number switch
    {
        0 => blocks._first,
        1 => blocks._second,
        _ => blocks._third,
    };
}
