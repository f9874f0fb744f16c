using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Ilgpu;

/// <summary>Four numbers as plain fields: what the vectors of the ILGPU build are made of.</summary>
public struct FloatQuad
{
    private float _x;
    private float _y;
    private float _z;
    private float _w;

    /// <summary>Takes the elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FloatQuad(float x, float y, float z, float w)
    {
        _x = x;
        _y = y;
        _z = z;
        _w = w;
    }

    /// <summary>The same number in every element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatQuad Broadcast(float value) => new(value, value, value, value);

    /// <summary>One element; the index is taken modulo 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Element(FloatQuad value, int index)
    {
        int place = index & 3;
        float low = place == 0 ? value._x : value._y;
        float high = place == 2 ? value._z : value._w;
        return place < 2 ? low : high;
    }

    /// <summary>The vector with one element replaced; the index is taken modulo 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatQuad WithElement(FloatQuad value, int index, float element)
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
    public static FloatQuad operator +(FloatQuad left, FloatQuad right) =>
        new(left._x + right._x, left._y + right._y, left._z + right._z, left._w + right._w);

    /// <summary>The differences.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatQuad operator -(FloatQuad left, FloatQuad right) =>
        new(left._x - right._x, left._y - right._y, left._z - right._z, left._w - right._w);

    /// <summary>The products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatQuad operator *(FloatQuad left, FloatQuad right) =>
        new(left._x * right._x, left._y * right._y, left._z * right._z, left._w * right._w);

    /// <summary>The quotients.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatQuad operator /(FloatQuad left, FloatQuad right) =>
        new(left._x / right._x, left._y / right._y, left._z / right._z, left._w / right._w);

    /// <summary>The elements with their signs flipped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatQuad operator -(FloatQuad value) =>
        new(-value._x, -value._y, -value._z, -value._w);

    /// <summary>The magnitudes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatQuad Abs(FloatQuad value) =>
        new(MathF.Abs(value._x), MathF.Abs(value._y), MathF.Abs(value._z), MathF.Abs(value._w));

    /// <summary>The square roots.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatQuad Sqrt(FloatQuad value) =>
        new(MathF.Sqrt(value._x), MathF.Sqrt(value._y), MathF.Sqrt(value._z), MathF.Sqrt(value._w));

    /// <summary><c>left * right + addend</c> with one rounding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatQuad MultiplyAdd(FloatQuad left, FloatQuad right, FloatQuad addend) => new(
        MathF.FusedMultiplyAdd(left._x, right._x, addend._x),
        MathF.FusedMultiplyAdd(left._y, right._y, addend._y),
        MathF.FusedMultiplyAdd(left._z, right._z, addend._z),
        MathF.FusedMultiplyAdd(left._w, right._w, addend._w));

    /// <summary>Element by element, one of two by a comparison.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatQuad SelectGreater(FloatQuad left, FloatQuad right, FloatQuad whenGreater, FloatQuad otherwise) => new(
        left._x > right._x ? whenGreater._x : otherwise._x,
        left._y > right._y ? whenGreater._y : otherwise._y,
        left._z > right._z ? whenGreater._z : otherwise._z,
        left._w > right._w ? whenGreater._w : otherwise._w);

    /// <summary>The bits of the elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntQuad AsInt(FloatQuad value) => new(
        (int)Interop.FloatAsInt(value._x), (int)Interop.FloatAsInt(value._y), (int)Interop.FloatAsInt(value._z), (int)Interop.FloatAsInt(value._w));

    /// <summary>Reads four neighbouring elements of a view.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatQuad Load(ArrayView<float> source, int index) => new(source[index], source[index + 1], source[index + 2], source[index + 3]);

    /// <summary>Writes four neighbouring elements of a view.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ArrayView<float> target, int index, FloatQuad value)
    {
        target[index] = value._x;
        target[index + 1] = value._y;
        target[index + 2] = value._z;
        target[index + 3] = value._w;
    }
}
