using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Simd.Lanes;

/// <summary>Sixteen numbers in a 512-bit register.</summary>
/// <remarks>Gives the same bits in each element as <see cref="F32"/>: the transcendental functions are the shared ones.</remarks>
public readonly unsafe struct V512 : IVectorLane<V512>
{
    private const int MantissaBits = 23;
    private const int TwoThirds = 0x3F2AAAAB;
    private const int SignBit = unchecked((int)0x80000000);

    private readonly Vector512<float> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private V512(Vector512<float> value)
    {
        _value = value;
    }

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 16;
    }

    /// <inheritdoc/>
    public static V512 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector512<float>.Zero);
    }

    /// <inheritdoc/>
    public static V512 One
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector512<float>.One);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Load(float* source) => new(Vector512.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadBFloat16(uint* source, out V512 low, out V512 high)
    {
        Vector512<uint> words = Vector512.Load(source);
        low = new(Vector512.ShiftLeft(words, 16).AsSingle());
        high = new((words & Vector512.Create(0xFFFF0000u)).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* target, V512 value) => value._value.Store(target);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Broadcast(float* source) => new(Vector512.Create(*source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Constant(float value) => new(Vector512.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 operator +(V512 left, V512 right) => new(left._value + right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 operator -(V512 left, V512 right) => new(left._value - right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 operator *(V512 left, V512 right) => new(left._value * right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 operator /(V512 left, V512 right) => new(left._value / right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 operator -(V512 value) => new(-value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 MultiplyAdd(V512 left, V512 right, V512 addend) =>
        new(Vector512.FusedMultiplyAdd(left._value, right._value, addend._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Abs(V512 value) => new(Vector512.Abs(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Max(V512 left, V512 right) =>
        Avx512F.IsSupported ? new(Avx512F.Max(left._value, right._value)) : SelectGreater(left, right, left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Min(V512 left, V512 right) =>
        Avx512F.IsSupported ? new(Avx512F.Min(left._value, right._value)) : SelectGreater(right, left, left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Sqrt(V512 value) => new(Vector512.Sqrt(value._value));

    /// <inheritdoc cref="Transcendental.Exp"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Exp(V512 value) => Transcendental.Exp(value);

    /// <inheritdoc cref="Transcendental.Log"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Log(V512 value) => Transcendental.Log(value);

    /// <inheritdoc cref="Transcendental.Tanh"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Tanh(V512 value) => Transcendental.Tanh(value);

    /// <inheritdoc cref="Transcendental.Sigmoid"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 Sigmoid(V512 value) => Transcendental.Sigmoid(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 SelectGreater(V512 left, V512 right, V512 whenGreater, V512 otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.GreaterThan(left._value, right._value), whenGreater._value, otherwise._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 ShiftIntoExponent(V512 value) => new(Vector512.ShiftLeft(value._value.AsInt32(), MantissaBits).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 CopySign(V512 magnitude, V512 sign)
    {
        Vector512<int> signBits = Vector512.Create(SignBit);
        return new(Vector512.ConditionalSelect(signBits, sign._value.AsInt32(), magnitude._value.AsInt32()).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512 SplitExponent(V512 value, out V512 mantissa)
    {
        Vector512<int> bits = value._value.AsInt32();
        Vector512<int> exponent = Vector512.ShiftRightArithmetic(bits - Vector512.Create(TwoThirds), MantissaBits);
        mantissa = new((bits - Vector512.ShiftLeft(exponent, MantissaBits)).AsSingle());
        return new(Vector512.ConvertToSingle(exponent));
    }
}
