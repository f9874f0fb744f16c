using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Bench;

/// <summary>A number beside its derivative in one direction, as far as an LSTM needs it: the alternative of decision 0022 that was measured.</summary>
internal readonly struct Tangent<T>(T value, T slope)
    where T : struct, IReal<T>
{
    /// <summary>The number.</summary>
    public T Value { get; } = value;

    /// <summary>Its derivative.</summary>
    public T Slope { get; } = slope;

    /// <summary>The sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Tangent<T> operator +(Tangent<T> left, Tangent<T> right) => new(left.Value + right.Value, left.Slope + right.Slope);

    /// <summary>The product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Tangent<T> operator *(Tangent<T> left, Tangent<T> right) =>
        new(left.Value * right.Value, T.MultiplyAdd(left.Slope, right.Value, left.Value * right.Slope));

    /// <summary>tanh.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Tangent<T> Tanh(Tangent<T> input)
    {
        T value = T.Tanh(input.Value);
        return new(value, input.Slope * T.MultiplyAdd(-value, value, T.One));
    }

    /// <summary>The logistic function.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Tangent<T> Sigmoid(Tangent<T> input)
    {
        T value = T.Sigmoid(input.Value);
        return new(value, input.Slope * (value * (T.One - value)));
    }
}
