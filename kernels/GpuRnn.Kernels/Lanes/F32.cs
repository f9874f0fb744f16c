using System;
using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Lanes;

/// <summary>The scalar single-precision lane: a GPU thread's element, and the remainder of a vector loop.</summary>
/// <remarks>Gives the same bits as the vector lanes, because all of them share <see cref="Transcendental"/>.</remarks>
public readonly struct F32 : IVectorReal<F32>
{
    private const int MantissaBits = 23;
    private const int TwoThirds = 0x3F2AAAAB;
    private const uint SignBit = 0x80000000;

    /// <summary>The number itself.</summary>
    public readonly float Value;

    /// <summary>Wraps <paramref name="value"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public F32(float value)
    {
        Value = value;
    }

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1;
    }

    /// <inheritdoc/>
    public static F32 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(0f);
    }

    /// <inheritdoc/>
    public static F32 One
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(1f);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32 Constant(float value) => new(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32 Broadcast(float value) => new(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Element(F32 value, int index) => value.Value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32 Load(ArrayView<float> source, int index) => new(source[index]);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32 LoadFirst(ArrayView<float> source, int index, int count) => count > 0 ? new(source[index]) : Zero;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ArrayView<float> target, int index, F32 value) => target[index] = value.Value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFirst(ArrayView<float> target, int index, int count, F32 value)
    {
        if (count > 0)
        {
            target[index] = value.Value;
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32 operator +(F32 left, F32 right) => new(left.Value + right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32 operator -(F32 left, F32 right) => new(left.Value - right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32 operator *(F32 left, F32 right) => new(left.Value * right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32 operator /(F32 left, F32 right) => new(left.Value / right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32 operator -(F32 value) => new(-value.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32 MultiplyAdd(F32 left, F32 right, F32 addend) =>
        new(MathF.FusedMultiplyAdd(left.Value, right.Value, addend.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32 Abs(F32 value) => new(MathF.Abs(value.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32 Max(F32 left, F32 right) => new(left.Value > right.Value ? left.Value : right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32 Min(F32 left, F32 right) => new(left.Value < right.Value ? left.Value : right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32 Sqrt(F32 value) => new(MathF.Sqrt(value.Value));

    /// <inheritdoc cref="Transcendental.Exp"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32 Exp(F32 value) => Transcendental.Exp(value);

    /// <inheritdoc cref="Transcendental.Log"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32 Log(F32 value) => Transcendental.Log(value);

    /// <inheritdoc cref="Transcendental.Tanh"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32 Tanh(F32 value) => Transcendental.Tanh(value);

    /// <inheritdoc cref="Transcendental.Sigmoid"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32 Sigmoid(F32 value) => Transcendental.Sigmoid(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32 SelectGreater(F32 left, F32 right, F32 whenGreater, F32 otherwise) =>
        new(left.Value > right.Value ? whenGreater.Value : otherwise.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32 ShiftIntoExponent(F32 value) =>
        new(Interop.IntAsFloat(Interop.FloatAsInt(value.Value) << MantissaBits));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32 CopySign(F32 magnitude, F32 sign)
    {
        uint magnitudeBits = Interop.FloatAsInt(magnitude.Value) & ~SignBit;
        return new(Interop.IntAsFloat(magnitudeBits | (Interop.FloatAsInt(sign.Value) & SignBit)));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32 SplitExponent(F32 value, out F32 mantissa)
    {
        int bits = (int)Interop.FloatAsInt(value.Value);
        int exponent = (bits - TwoThirds) >> MantissaBits;
        mantissa = new(Interop.IntAsFloat((uint)(bits - (exponent << MantissaBits))));
        return new(exponent);
    }
}
