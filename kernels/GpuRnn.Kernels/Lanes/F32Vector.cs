using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Lanes;

/// <summary>Several neighbouring numbers in a register of the device.</summary>
/// <typeparam name="TCount">How many.</typeparam>
/// <remarks>Gives the same bits in each element as <see cref="F32"/>: the transcendental functions are the shared ones.</remarks>
public readonly struct F32Vector<TCount> : IVectorReal<F32Vector<TCount>>
    where TCount : struct, ILaneCount
{
    private const int MantissaBits = 23;
    private const int TwoThirds = 0x3F2AAAAB;
    private const int SignBit = int.MinValue;
    private const int MagnitudeBits = int.MaxValue;

    private readonly FloatVector<TCount> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private F32Vector(FloatVector<TCount> value)
    {
        _value = value;
    }

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TCount.Count;
    }

    /// <inheritdoc/>
    public static F32Vector<TCount> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Broadcast(0f);
    }

    /// <inheritdoc/>
    public static F32Vector<TCount> One
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Broadcast(1f);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32Vector<TCount> Broadcast(float value) => new(FloatVector<TCount>.Broadcast(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32Vector<TCount> Constant(float value) => Broadcast(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Element(F32Vector<TCount> value, int index) => FloatVector<TCount>.Element(value._value, index);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32Vector<TCount> Load(ArrayView<float> source, int index) => new(FloatVector<TCount>.Load(source, index));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32Vector<TCount> LoadFirst(ArrayView<float> source, int index, int count) =>
        new(FloatVector<TCount>.LoadFirst(source, index, count));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ArrayView<float> target, int index, F32Vector<TCount> value) =>
        FloatVector<TCount>.Store(target, index, value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFirst(ArrayView<float> target, int index, int count, F32Vector<TCount> value) =>
        FloatVector<TCount>.StoreFirst(target, index, count, value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32Vector<TCount> operator +(F32Vector<TCount> left, F32Vector<TCount> right) => new(left._value + right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32Vector<TCount> operator -(F32Vector<TCount> left, F32Vector<TCount> right) => new(left._value - right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32Vector<TCount> operator *(F32Vector<TCount> left, F32Vector<TCount> right) => new(left._value * right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32Vector<TCount> operator /(F32Vector<TCount> left, F32Vector<TCount> right) => new(left._value / right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32Vector<TCount> operator -(F32Vector<TCount> value) => new(-value._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32Vector<TCount> MultiplyAdd(F32Vector<TCount> left, F32Vector<TCount> right, F32Vector<TCount> addend) =>
        new(FloatVector<TCount>.MultiplyAdd(left._value, right._value, addend._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32Vector<TCount> Abs(F32Vector<TCount> value) => new(FloatVector<TCount>.Abs(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32Vector<TCount> Max(F32Vector<TCount> left, F32Vector<TCount> right) => SelectGreater(left, right, left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32Vector<TCount> Min(F32Vector<TCount> left, F32Vector<TCount> right) => SelectGreater(right, left, left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32Vector<TCount> Sqrt(F32Vector<TCount> value) => new(FloatVector<TCount>.Sqrt(value._value));

    /// <inheritdoc cref="Transcendental.Exp"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32Vector<TCount> Exp(F32Vector<TCount> value) => Transcendental.Exp(value);

    /// <inheritdoc cref="Transcendental.Log"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32Vector<TCount> Log(F32Vector<TCount> value) => Transcendental.Log(value);

    /// <inheritdoc cref="Transcendental.Tanh"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32Vector<TCount> Tanh(F32Vector<TCount> value) => Transcendental.Tanh(value);

    /// <inheritdoc cref="Transcendental.Sigmoid"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32Vector<TCount> Sigmoid(F32Vector<TCount> value) => Transcendental.Sigmoid(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32Vector<TCount> SelectGreater(
        F32Vector<TCount> left, F32Vector<TCount> right, F32Vector<TCount> whenGreater, F32Vector<TCount> otherwise) =>
        new(FloatVector<TCount>.SelectGreater(left._value, right._value, whenGreater._value, otherwise._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32Vector<TCount> ShiftIntoExponent(F32Vector<TCount> value) =>
        new(FloatVector<TCount>.FromBits(FloatVector<TCount>.AsInt(value._value) << MantissaBits));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32Vector<TCount> CopySign(F32Vector<TCount> magnitude, F32Vector<TCount> sign)
    {
        IntVector<TCount> magnitudeBits = FloatVector<TCount>.AsInt(magnitude._value) & IntVector<TCount>.Broadcast(MagnitudeBits);
        IntVector<TCount> signBits = FloatVector<TCount>.AsInt(sign._value) & IntVector<TCount>.Broadcast(SignBit);
        return new(FloatVector<TCount>.FromBits(magnitudeBits | signBits));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32Vector<TCount> SplitExponent(F32Vector<TCount> value, out F32Vector<TCount> mantissa)
    {
        IntVector<TCount> bits = FloatVector<TCount>.AsInt(value._value);
        IntVector<TCount> exponent = (bits - IntVector<TCount>.Broadcast(TwoThirds)) >> MantissaBits;
        mantissa = new(FloatVector<TCount>.FromBits(bits - (exponent << MantissaBits)));
        return new(FloatVector<TCount>.FromInt(exponent));
    }
}
