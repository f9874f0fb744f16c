using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Ilgpu;

/// <summary>Stands for the model's IntVector in the ILGPU build: the same meaning in plain fields, without registers behind it.</summary>
/// <typeparam name="TCount">How many; elements beyond are computed and never seen.</typeparam>
public struct IntVector<TCount>
    where TCount : struct, ILaneCount
{
    internal IntQuad First;
    internal IntQuad Second;
    internal IntQuad Third;
    internal IntQuad Fourth;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal IntVector(IntQuad first, IntQuad second, IntQuad third, IntQuad fourth)
    {
        First = first;
        Second = second;
        Third = third;
        Fourth = fourth;
    }

    /// <summary>The same number in every element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntVector<TCount> Broadcast(int value)
    {
        IntQuad all = IntQuad.Broadcast(value);
        return new(all, all, all, all);
    }

    /// <summary>One element; the index is taken modulo the number of elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Element(IntVector<TCount> value, int index)
    {
        int place = (index & (TCount.Count - 1)) >> 2;
        IntQuad low = place == 0 ? value.First : value.Second;
        IntQuad high = place == 2 ? value.Third : value.Fourth;
        return IntQuad.Element(place < 2 ? low : high, index);
    }

    /// <summary>The vector with one element replaced; the index is taken modulo the number of elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntVector<TCount> WithElement(IntVector<TCount> value, int index, int element)
    {
        int place = (index & (TCount.Count - 1)) >> 2;
        return new(
            place == 0 ? IntQuad.WithElement(value.First, index, element) : value.First,
            place == 1 ? IntQuad.WithElement(value.Second, index, element) : value.Second,
            place == 2 ? IntQuad.WithElement(value.Third, index, element) : value.Third,
            place == 3 ? IntQuad.WithElement(value.Fourth, index, element) : value.Fourth);
    }

    /// <summary>The sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntVector<TCount> operator +(IntVector<TCount> left, IntVector<TCount> right) => new(
        left.First + right.First,
        left.Second + right.Second,
        left.Third + right.Third,
        left.Fourth + right.Fourth);

    /// <summary>The differences.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntVector<TCount> operator -(IntVector<TCount> left, IntVector<TCount> right) => new(
        left.First - right.First,
        left.Second - right.Second,
        left.Third - right.Third,
        left.Fourth - right.Fourth);

    /// <summary>The products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntVector<TCount> operator *(IntVector<TCount> left, IntVector<TCount> right) => new(
        left.First * right.First,
        left.Second * right.Second,
        left.Third * right.Third,
        left.Fourth * right.Fourth);

    /// <summary>The bits set in both.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntVector<TCount> operator &(IntVector<TCount> left, IntVector<TCount> right) => new(
        left.First & right.First,
        left.Second & right.Second,
        left.Third & right.Third,
        left.Fourth & right.Fourth);

    /// <summary>The bits set in either.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntVector<TCount> operator |(IntVector<TCount> left, IntVector<TCount> right) => new(
        left.First | right.First,
        left.Second | right.Second,
        left.Third | right.Third,
        left.Fourth | right.Fourth);

    /// <summary>The bits set in one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntVector<TCount> operator ^(IntVector<TCount> left, IntVector<TCount> right) => new(
        left.First ^ right.First,
        left.Second ^ right.Second,
        left.Third ^ right.Third,
        left.Fourth ^ right.Fourth);

    /// <summary>All bits shifted up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntVector<TCount> operator <<(IntVector<TCount> value, int count) => new(
        value.First << count,
        value.Second << count,
        value.Third << count,
        value.Fourth << count);

    /// <summary>All bits shifted down, the sign following.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntVector<TCount> operator >>(IntVector<TCount> value, int count) => new(
        value.First >> count,
        value.Second >> count,
        value.Third >> count,
        value.Fourth >> count);
}
