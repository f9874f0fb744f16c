using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Lanes;

/// <summary>The single-precision transcendental functions of every device, written once over the lane and free of branches.</summary>
/// <remarks>
/// <para>
/// They use only correctly rounded operations and bit moves, so a GPU thread, a SIMD register and <see cref="F32"/> give the same bits.
/// </para>
/// <para>
/// Reduction (Cody and Waite 1980): x = n ln 2 + r with n whole and |r| ≤ ln 2 / 2. n comes out of one fused multiply-add with
/// 1.5·2^23, whose sum has a unit of one in its last place; the bits of that sum, shifted, are 2^n. Polynomials: minimax fits made in
/// double precision with the coefficients rounded one after the other, each refitted to those before it; approximation errors
/// 2^-26.1 relative to e^r − 1 and 2^-27.6 relative to log(1 + f).
/// </para>
/// <para>Errors are in ULP, measured over every float whose result is not saturated, against the functions of double precision.</para>
/// </remarks>
public static class Transcendental
{
    private const float Log2E = 1.442695f;
    private const float Ln2High = 0.6931472f;
    private const float Ln2Low = -1.9046542e-9f;

    // 1.5·2^23 + 127: a sum with it keeps whole numbers, and its low bits hold the biased exponent.
    private const float ShiftedBias = 12583039f;

    // (e^r − 1 − r) / r² on |r| ≤ 0.3475.
    private const float E2 = 0.49999997f;
    private const float E3 = 0.16666545f;
    private const float E4 = 0.041667446f;
    private const float E5 = 0.008366447f;
    private const float E6 = 0.0013869844f;

    // (log(1 + f) − f) / f² on |f| ≤ 1/3.
    private const float L2 = -0.5f;
    private const float L3 = 0.33333212f;
    private const float L4 = -0.249998f;
    private const float L5 = 0.2001063f;
    private const float L6 = -0.16680495f;
    private const float L7 = 0.14002001f;
    private const float L8 = -0.121828966f;
    private const float L9 = 0.14004755f;
    private const float L10 = -0.12901866f;

    /// <summary>e^x.</summary>
    /// <remarks>
    /// At most 0.914 ULP (at 59.301666). Subnormal results are rounded once, as they should be (0.860 ULP at most); below −104 the
    /// result is 0, above 88.73 infinity. NaN passes.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<T>(T value)
        where T : struct, IBitReal<T>
    {
        T bounded = T.Max(T.Constant(-104f), T.Min(T.Constant(89f), value));
        T shift = T.Constant(ShiftedBias);
        T n = T.MultiplyAdd(bounded, T.Constant(Log2E), shift) - shift;
        T reduced = Reduce(bounded, n);
        T mantissa = T.MultiplyAdd(T.MultiplyAdd(Tail(reduced), reduced, T.One), reduced, T.One);

        // 2^n alone leaves the range of normal numbers (n is in −150..128), so two halves of it multiply; only the last can round.
        T firstHalf = T.MultiplyAdd(n, T.Constant(0.5f), shift);
        T secondHalf = (n - (firstHalf - shift)) + shift;
        return (mantissa * T.ShiftIntoExponent(firstHalf)) * T.ShiftIntoExponent(secondHalf);
    }

    /// <summary>tanh x.</summary>
    /// <remarks>
    /// At most 2.533 ULP (at 0.062474377). tanh x = m / (m + 2) with m = e^2|x| − 1 = 2^n (e^r − 1) + (2^n − 1), which loses nothing
    /// near zero. Odd to the bit; ±0 stays ±0; from |x| = 9.011 on the result is ±1. NaN passes.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Tanh<T>(T value)
        where T : struct, IBitReal<T>
    {
        // At 9.5 the quotient below is already exactly one.
        T magnitude = T.Min(T.Constant(9.5f), T.Abs(value));
        T doubled = magnitude + magnitude;
        T shift = T.Constant(ShiftedBias);
        T shifted = T.MultiplyAdd(doubled, T.Constant(Log2E), shift);
        T reduced = Reduce(doubled, shifted - shift);
        T reducedMinusOne = T.MultiplyAdd(Tail(reduced) * reduced, reduced, reduced);

        T power = T.ShiftIntoExponent(shifted);
        T minusOne = T.MultiplyAdd(power, reducedMinusOne, power - T.One);
        return T.CopySign(minusOne / (minusOne + T.Constant(2f)), value);
    }

    /// <summary>The logistic function 1 / (1 + e^−x).</summary>
    /// <remarks>
    /// At most 2.481 ULP (at −16.635704). The relative error does not grow for large negative x: with C = 2^-24 the result is
    /// C / (C + C e^−x), where C e^−x does not overflow before the result rounds to zero, at −104; subnormal results are rounded once
    /// (0.984 ULP at most). NaN passes.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sigmoid<T>(T value)
        where T : struct, IBitReal<T>
    {
        // Above 70 the exponential is far below half a unit of one; below −104.5 the quotient is zero.
        T bounded = T.Max(T.Constant(-104.5f), T.Min(T.Constant(70f), value));
        T shift = T.Constant(ShiftedBias - 24f);
        T shifted = T.MultiplyAdd(bounded, T.Constant(-Log2E), shift);

        // e^−x = 2^n e^−s with −x = n ln 2 − s: signs stand in constants, which costs nothing and changes no bit.
        T n = shifted - shift;
        T mirrored = T.MultiplyAdd(n, T.Constant(Ln2High), bounded);
        mirrored = T.MultiplyAdd(n, T.Constant(Ln2Low), mirrored);
        T negative = T.MultiplyAdd(T.Constant(E6), mirrored, T.Constant(-E5));
        negative = T.MultiplyAdd(T.MultiplyAdd(negative, mirrored, T.Constant(E4)), mirrored, T.Constant(-E3));
        negative = T.MultiplyAdd(T.MultiplyAdd(negative, mirrored, T.Constant(E2)), mirrored, T.Constant(-1f));
        T mantissa = T.MultiplyAdd(negative, mirrored, T.One);

        T scale = T.Constant(5.9604645e-8f);
        return scale / T.MultiplyAdd(mantissa, T.ShiftIntoExponent(shifted), scale);
    }

    /// <summary>The natural logarithm.</summary>
    /// <remarks>
    /// At most 0.883 ULP (at 1.2749931). x = m 2^e with m in [2/3, 4/3), log x = e ln 2 + log(1 + (m − 1)). −infinity for ±0, NaN below
    /// zero, infinity for infinity. NaN passes. Subnormal arguments are as exact as others.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Log<T>(T value)
        where T : struct, IBitReal<T>
    {
        // Subnormal numbers are scaled by 2^24 first.
        T smallestNormal = T.Constant(1.17549435e-38f);
        T normal = T.SelectGreater(smallestNormal, value, value * T.Constant(16777216f), value);
        T correction = T.SelectGreater(smallestNormal, value, T.Constant(24f), T.Zero);
        T exponent = T.SplitExponent(normal, out T mantissa) - correction;
        T fraction = mantissa - T.One;

        T tail = T.MultiplyAdd(T.Constant(L10), fraction, T.Constant(L9));
        tail = T.MultiplyAdd(tail, fraction, T.Constant(L8));
        tail = T.MultiplyAdd(tail, fraction, T.Constant(L7));
        tail = T.MultiplyAdd(tail, fraction, T.Constant(L6));
        tail = T.MultiplyAdd(tail, fraction, T.Constant(L5));
        tail = T.MultiplyAdd(tail, fraction, T.Constant(L4));
        tail = T.MultiplyAdd(tail, fraction, T.Constant(L3));
        tail = T.MultiplyAdd(tail, fraction, T.Constant(L2));
        T small = T.MultiplyAdd(fraction * fraction, tail, exponent * T.Constant(Ln2Low));
        T result = T.MultiplyAdd(exponent, T.Constant(Ln2High), fraction + small);

        result = T.SelectGreater(value, T.Zero, result, T.Constant(float.NegativeInfinity));
        result = T.SelectGreater(T.Zero, value, T.Constant(float.NaN), result);
        return T.SelectGreater(T.Constant(float.PositiveInfinity), value, result, value);
    }

    /// <summary>x − n ln 2, with the constant in two parts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Reduce<T>(T value, T n)
        where T : struct, IBitReal<T>
    {
        T reduced = T.MultiplyAdd(n, T.Constant(-Ln2High), value);
        return T.MultiplyAdd(n, T.Constant(-Ln2Low), reduced);
    }

    /// <summary>(e^r − 1 − r) / r².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Tail<T>(T reduced)
        where T : struct, IBitReal<T>
    {
        T tail = T.MultiplyAdd(T.Constant(E6), reduced, T.Constant(E5));
        tail = T.MultiplyAdd(tail, reduced, T.Constant(E4));
        tail = T.MultiplyAdd(tail, reduced, T.Constant(E3));
        return T.MultiplyAdd(tail, reduced, T.Constant(E2));
    }
}
