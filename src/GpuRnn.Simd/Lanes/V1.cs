using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Simd.Lanes;

/// <summary>A single number: the last units of a row, and machines without vector registers.</summary>
public readonly unsafe struct V1 : IVectorLane<V1>
{
    private readonly F32 _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private V1(F32 value)
    {
        _value = value;
    }

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1;
    }

    /// <inheritdoc/>
    public static V1 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(F32.Zero);
    }

    /// <inheritdoc/>
    public static V1 One
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(F32.One);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V1 Load(float* source) => new(new F32(*source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadBFloat16(uint* source, out V1 low, out V1 high)
    {
        low = new(new F32(BitConverter.UInt32BitsToSingle(*source << 16)));
        high = new(new F32(BitConverter.UInt32BitsToSingle(*source & 0xFFFF0000u)));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* target, V1 value) => *target = value._value.Value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V1 Broadcast(float* source) => new(new F32(*source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V1 Constant(float value) => new(new F32(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V1 operator +(V1 left, V1 right) => new(left._value + right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V1 operator -(V1 left, V1 right) => new(left._value - right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V1 operator *(V1 left, V1 right) => new(left._value * right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V1 operator /(V1 left, V1 right) => new(left._value / right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V1 operator -(V1 value) => new(-value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V1 MultiplyAdd(V1 left, V1 right, V1 addend) => new(F32.MultiplyAdd(left._value, right._value, addend._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V1 Abs(V1 value) => new(F32.Abs(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V1 Sqrt(V1 value) => new(F32.Sqrt(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V1 Exp(V1 value) => new(F32.Exp(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V1 Log(V1 value) => new(F32.Log(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V1 Tanh(V1 value) => new(F32.Tanh(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V1 Sigmoid(V1 value) => new(F32.Sigmoid(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V1 Max(V1 left, V1 right) => new(F32.Max(left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V1 Min(V1 left, V1 right) => new(F32.Min(left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V1 SelectGreater(V1 left, V1 right, V1 whenGreater, V1 otherwise) =>
        new(F32.SelectGreater(left._value, right._value, whenGreater._value, otherwise._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V1 ShiftIntoExponent(V1 value) => new(F32.ShiftIntoExponent(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V1 CopySign(V1 magnitude, V1 sign) => new(F32.CopySign(magnitude._value, sign._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V1 SplitExponent(V1 value, out V1 mantissa)
    {
        F32 exponent = F32.SplitExponent(value._value, out F32 scalarMantissa);
        mantissa = new(scalarMantissa);
        return new(exponent);
    }
}
