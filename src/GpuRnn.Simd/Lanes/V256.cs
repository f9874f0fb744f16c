using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Simd.Lanes;

/// <summary>Eight numbers in a 256-bit register.</summary>
/// <remarks>Gives the same bits in each element as <see cref="F32"/>: the transcendental functions are the shared ones.</remarks>
public readonly unsafe struct V256 : IVectorLane<V256>
{
    private const int MantissaBits = 23;
    private const int TwoThirds = 0x3F2AAAAB;
    private const int SignBit = unchecked((int)0x80000000);

    private readonly Vector256<float> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private V256(Vector256<float> value)
    {
        _value = value;
    }

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 8;
    }

    /// <inheritdoc/>
    public static V256 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector256<float>.Zero);
    }

    /// <inheritdoc/>
    public static V256 One
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector256<float>.One);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Load(float* source) => new(Vector256.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadBFloat16(uint* source, out V256 low, out V256 high)
    {
        Vector256<uint> words = Vector256.Load(source);
        low = new(Vector256.ShiftLeft(words, 16).AsSingle());
        high = new((words & Vector256.Create(0xFFFF0000u)).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* target, V256 value) => value._value.Store(target);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Broadcast(float* source) => new(Vector256.Create(*source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Constant(float value) => new(Vector256.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 operator +(V256 left, V256 right) => new(left._value + right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 operator -(V256 left, V256 right) => new(left._value - right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 operator *(V256 left, V256 right) => new(left._value * right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 operator /(V256 left, V256 right) => new(left._value / right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 operator -(V256 value) => new(-value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 MultiplyAdd(V256 left, V256 right, V256 addend) =>
        new(Vector256.FusedMultiplyAdd(left._value, right._value, addend._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Abs(V256 value) => new(Vector256.Abs(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Max(V256 left, V256 right) =>
        Avx.IsSupported ? new(Avx.Max(left._value, right._value)) : SelectGreater(left, right, left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Min(V256 left, V256 right) =>
        Avx.IsSupported ? new(Avx.Min(left._value, right._value)) : SelectGreater(right, left, left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Sqrt(V256 value) => new(Vector256.Sqrt(value._value));

    /// <inheritdoc cref="Transcendental.Exp"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Exp(V256 value) => Transcendental.Exp(value);

    /// <inheritdoc cref="Transcendental.Log"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Log(V256 value) => Transcendental.Log(value);

    /// <inheritdoc cref="Transcendental.Tanh"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Tanh(V256 value) => Transcendental.Tanh(value);

    /// <inheritdoc cref="Transcendental.Sigmoid"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 Sigmoid(V256 value) => Transcendental.Sigmoid(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 SelectGreater(V256 left, V256 right, V256 whenGreater, V256 otherwise) =>
        new(Vector256.ConditionalSelect(Vector256.GreaterThan(left._value, right._value), whenGreater._value, otherwise._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 ShiftIntoExponent(V256 value) => new(Vector256.ShiftLeft(value._value.AsInt32(), MantissaBits).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 CopySign(V256 magnitude, V256 sign)
    {
        Vector256<int> signBits = Vector256.Create(SignBit);
        return new(Vector256.ConditionalSelect(signBits, sign._value.AsInt32(), magnitude._value.AsInt32()).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256 SplitExponent(V256 value, out V256 mantissa)
    {
        Vector256<int> bits = value._value.AsInt32();
        Vector256<int> exponent = Vector256.ShiftRightArithmetic(bits - Vector256.Create(TwoThirds), MantissaBits);
        mantissa = new((bits - Vector256.ShiftLeft(exponent, MantissaBits)).AsSingle());
        return new(Vector256.ConvertToSingle(exponent));
    }
}
