using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Simd.Lanes;

/// <summary>Four numbers in a 128-bit register.</summary>
/// <remarks>Gives the same bits in each element as <see cref="F32"/>: the transcendental functions are the shared ones.</remarks>
public readonly unsafe struct V128 : IVectorLane<V128>
{
    private const int MantissaBits = 23;
    private const int TwoThirds = 0x3F2AAAAB;
    private const int SignBit = unchecked((int)0x80000000);

    private readonly Vector128<float> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private V128(Vector128<float> value)
    {
        _value = value;
    }

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 4;
    }

    /// <inheritdoc/>
    public static V128 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector128<float>.Zero);
    }

    /// <inheritdoc/>
    public static V128 One
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector128<float>.One);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Load(float* source) => new(Vector128.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadBFloat16(uint* source, out V128 low, out V128 high)
    {
        Vector128<uint> words = Vector128.Load(source);
        low = new(Vector128.ShiftLeft(words, 16).AsSingle());
        high = new((words & Vector128.Create(0xFFFF0000u)).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* target, V128 value) => value._value.Store(target);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Broadcast(float* source) => new(Vector128.Create(*source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Constant(float value) => new(Vector128.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 operator +(V128 left, V128 right) => new(left._value + right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 operator -(V128 left, V128 right) => new(left._value - right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 operator *(V128 left, V128 right) => new(left._value * right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 operator /(V128 left, V128 right) => new(left._value / right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 operator -(V128 value) => new(-value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 MultiplyAdd(V128 left, V128 right, V128 addend) =>
        new(Vector128.FusedMultiplyAdd(left._value, right._value, addend._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Abs(V128 value) => new(Vector128.Abs(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Max(V128 left, V128 right) =>
        Sse.IsSupported ? new(Sse.Max(left._value, right._value)) : SelectGreater(left, right, left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Min(V128 left, V128 right) =>
        Sse.IsSupported ? new(Sse.Min(left._value, right._value)) : SelectGreater(right, left, left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Sqrt(V128 value) => new(Vector128.Sqrt(value._value));

    /// <inheritdoc cref="Transcendental.Exp"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Exp(V128 value) => Transcendental.Exp(value);

    /// <inheritdoc cref="Transcendental.Log"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Log(V128 value) => Transcendental.Log(value);

    /// <inheritdoc cref="Transcendental.Tanh"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Tanh(V128 value) => Transcendental.Tanh(value);

    /// <inheritdoc cref="Transcendental.Sigmoid"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 Sigmoid(V128 value) => Transcendental.Sigmoid(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 SelectGreater(V128 left, V128 right, V128 whenGreater, V128 otherwise) =>
        new(Vector128.ConditionalSelect(Vector128.GreaterThan(left._value, right._value), whenGreater._value, otherwise._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 ShiftIntoExponent(V128 value) => new(Vector128.ShiftLeft(value._value.AsInt32(), MantissaBits).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 CopySign(V128 magnitude, V128 sign)
    {
        Vector128<int> signBits = Vector128.Create(SignBit);
        return new(Vector128.ConditionalSelect(signBits, sign._value.AsInt32(), magnitude._value.AsInt32()).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128 SplitExponent(V128 value, out V128 mantissa)
    {
        Vector128<int> bits = value._value.AsInt32();
        Vector128<int> exponent = Vector128.ShiftRightArithmetic(bits - Vector128.Create(TwoThirds), MantissaBits);
        mantissa = new((bits - Vector128.ShiftLeft(exponent, MantissaBits)).AsSingle());
        return new(Vector128.ConvertToSingle(exponent));
    }
}
