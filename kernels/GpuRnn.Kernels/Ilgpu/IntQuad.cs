using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Ilgpu;

/// <summary>Four integers as plain fields: what the vectors of the ILGPU build are made of.</summary>
public struct IntQuad
{
    private int _x;
    private int _y;
    private int _z;
    private int _w;

    /// <summary>Takes the elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public IntQuad(int x, int y, int z, int w)
    {
        _x = x;
        _y = y;
        _z = z;
        _w = w;
    }

    /// <summary>The same number in every element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntQuad Broadcast(int value) => new(value, value, value, value);

    /// <summary>One element; the index is taken modulo 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Element(IntQuad value, int index)
    {
        int place = index & 3;
        int low = place == 0 ? value._x : value._y;
        int high = place == 2 ? value._z : value._w;
        return place < 2 ? low : high;
    }

    /// <summary>The vector with one element replaced; the index is taken modulo 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntQuad WithElement(IntQuad value, int index, int element)
    {
        int place = index & 3;
        return new(
            place == 0 ? element : value._x,
            place == 1 ? element : value._y,
            place == 2 ? element : value._z,
            place == 3 ? element : value._w);
    }

    /// <summary>The sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntQuad operator +(IntQuad left, IntQuad right) =>
        new(left._x + right._x, left._y + right._y, left._z + right._z, left._w + right._w);

    /// <summary>The differences.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntQuad operator -(IntQuad left, IntQuad right) =>
        new(left._x - right._x, left._y - right._y, left._z - right._z, left._w - right._w);

    /// <summary>The products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntQuad operator *(IntQuad left, IntQuad right) =>
        new(left._x * right._x, left._y * right._y, left._z * right._z, left._w * right._w);

    /// <summary>The bits set in both.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntQuad operator &(IntQuad left, IntQuad right) =>
        new(left._x & right._x, left._y & right._y, left._z & right._z, left._w & right._w);

    /// <summary>The bits set in either.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntQuad operator |(IntQuad left, IntQuad right) =>
        new(left._x | right._x, left._y | right._y, left._z | right._z, left._w | right._w);

    /// <summary>The bits set in one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntQuad operator ^(IntQuad left, IntQuad right) =>
        new(left._x ^ right._x, left._y ^ right._y, left._z ^ right._z, left._w ^ right._w);

    /// <summary>All bits shifted up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntQuad operator <<(IntQuad value, int count) =>
        new(value._x << count, value._y << count, value._z << count, value._w << count);

    /// <summary>All bits shifted down, the sign following.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntQuad operator >>(IntQuad value, int count) =>
        new(value._x >> count, value._y >> count, value._z >> count, value._w >> count);

    /// <summary>The numbers with the elements' bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatQuad AsFloat(IntQuad value) => new(
        Interop.IntAsFloat((uint)value._x), Interop.IntAsFloat((uint)value._y), Interop.IntAsFloat((uint)value._z), Interop.IntAsFloat((uint)value._w));

    /// <summary>The nearest single-precision numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatQuad ToFloat(IntQuad value) => new(value._x, value._y, value._z, value._w);
}
