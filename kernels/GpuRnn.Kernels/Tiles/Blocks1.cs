using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Tiles;

/// <summary>One lane of a tile's row.</summary>
/// <typeparam name="TLane">What the row is made of.</typeparam>
public struct Blocks1<TLane> : IBlocks<Blocks1<TLane>, TLane>
    where TLane : struct, IVectorReal<TLane>
{
    private TLane _first;

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1;
    }

    /// <inheritdoc/>
    public static Blocks1<TLane> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new()
        {
            _first = TLane.Zero,
        };
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Blocks1<TLane> Load(ArrayView<float> source, int index) => new()
    {
        _first = TLane.Load(source, index),
    };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Blocks1<TLane> LoadApart(ArrayView<float> source, int index, int stride) => new()
    {
        _first = TLane.Load(source, index),
    };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ArrayView<float> target, int index, Blocks1<TLane> blocks)
    {
        TLane.Store(target, index, blocks._first);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Blocks1<TLane> MultiplyAdd(TLane left, Blocks1<TLane> right, Blocks1<TLane> addend) => new()
    {
        _first = TLane.MultiplyAdd(left, right._first, addend._first),
    };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Block(Blocks1<TLane> blocks, int number) => blocks._first;
}
