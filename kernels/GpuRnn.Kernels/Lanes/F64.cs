using System;
using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Lanes;

/// <summary>The scalar double-precision lane: the reference that every other lane is measured against.</summary>
/// <remarks>Its functions are those of <see cref="Math"/>, within about one ULP of double precision.</remarks>
public readonly struct F64 : IReal<F64>
{
    /// <summary>The number itself.</summary>
    public readonly double Value;

    /// <summary>Wraps <paramref name="value"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public F64(double value)
    {
        Value = value;
    }

    /// <inheritdoc/>
    public static F64 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(0.0);
    }

    /// <inheritdoc/>
    public static F64 One
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(1.0);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64 Constant(float value) => new(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64 operator +(F64 left, F64 right) => new(left.Value + right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64 operator -(F64 left, F64 right) => new(left.Value - right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64 operator *(F64 left, F64 right) => new(left.Value * right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64 operator /(F64 left, F64 right) => new(left.Value / right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64 operator -(F64 value) => new(-value.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64 MultiplyAdd(F64 left, F64 right, F64 addend) =>
        new(Math.FusedMultiplyAdd(left.Value, right.Value, addend.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64 Abs(F64 value) => new(Math.Abs(value.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64 Max(F64 left, F64 right) => new(left.Value > right.Value ? left.Value : right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64 Min(F64 left, F64 right) => new(left.Value < right.Value ? left.Value : right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64 Sqrt(F64 value) => new(Math.Sqrt(value.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64 Exp(F64 value) => new(Math.Exp(value.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64 Log(F64 value) => new(Math.Log(value.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64 Tanh(F64 value) => new(Math.Tanh(value.Value));

    /// <summary>1 / (1 + e^-x), or e^x / (1 + e^x) below zero so that small results keep their relative precision.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64 Sigmoid(F64 value)
    {
        double small = Math.Exp(-Math.Abs(value.Value));
        double numerator = value.Value > 0.0 ? 1.0 : small;
        return new(numerator / (1.0 + small));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64 SelectGreater(F64 left, F64 right, F64 whenGreater, F64 otherwise) =>
        new(left.Value > right.Value ? whenGreater.Value : otherwise.Value);
}
