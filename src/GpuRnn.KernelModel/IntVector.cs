using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GpuRnn.KernelModel;

/// <summary>32-bit integers that one work-item computes with side by side.</summary>
/// <typeparam name="TCount">How many.</typeparam>
/// <remarks>Every operation acts on each element alone and wraps as C#'s does; see <see cref="FloatVector{TCount}"/>.</remarks>
public readonly struct IntVector<TCount>
    where TCount : struct, ILaneCount
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal IntVector(Vector512<int> value)
    {
        Value = value;
    }

    internal Vector512<int> Value { get; }

    /// <summary>The same number in every element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntVector<TCount> Broadcast(int value) => new(Vector512.Create(value));

    /// <summary>One element; the index is taken modulo the number of elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Element(IntVector<TCount> value, int index) => value.Value.GetElement(index & (TCount.Count - 1));

    /// <summary>The vector with one element replaced; the index is taken modulo the number of elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntVector<TCount> WithElement(IntVector<TCount> value, int index, int element) =>
        new(value.Value.WithElement(index & (TCount.Count - 1), element));

    /// <summary>The sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntVector<TCount> operator +(IntVector<TCount> left, IntVector<TCount> right) => new(left.Value + right.Value);

    /// <summary>The differences.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntVector<TCount> operator -(IntVector<TCount> left, IntVector<TCount> right) => new(left.Value - right.Value);

    /// <summary>The products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntVector<TCount> operator *(IntVector<TCount> left, IntVector<TCount> right) => new(left.Value * right.Value);

    /// <summary>The bits set in both.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntVector<TCount> operator &(IntVector<TCount> left, IntVector<TCount> right) => new(left.Value & right.Value);

    /// <summary>The bits set in either.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntVector<TCount> operator |(IntVector<TCount> left, IntVector<TCount> right) => new(left.Value | right.Value);

    /// <summary>The bits set in one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntVector<TCount> operator ^(IntVector<TCount> left, IntVector<TCount> right) => new(left.Value ^ right.Value);

    /// <summary>All bits shifted up by the low five bits of <paramref name="count"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntVector<TCount> operator <<(IntVector<TCount> value, int count) => new(value.Value << (count & 31));

    /// <summary>All bits shifted down by the low five bits of <paramref name="count"/>, the sign following.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntVector<TCount> operator >>(IntVector<TCount> value, int count) => new(value.Value >> (count & 31));
}
