using System.Runtime.CompilerServices;

namespace GpuRnn.KernelModel;

// Rounding, powers, logarithms and trigonometry.
public static partial class XMath
{
    /// <summary>An angle in degrees as radians.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double DegToRad(double degrees) => degrees * (Math.PI / 180.0);

    /// <summary>An angle in degrees as radians.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float DegToRad(float degrees) => degrees * (MathF.PI / 180f);

    /// <summary>An angle in radians as degrees.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double RadToDeg(double radians) => radians * (180.0 / Math.PI);

    /// <summary>An angle in radians as degrees.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float RadToDeg(float radians) => radians * (180f / MathF.PI);

    /// <summary>The largest whole number at or below the value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Floor(double value) => Math.Floor(value);

    /// <summary>The largest whole number at or below the value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Floor(float value) => MathF.Floor(value);

    /// <summary>The smallest whole number at or above the value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Ceiling(double value) => Math.Ceiling(value);

    /// <summary>The smallest whole number at or above the value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Ceiling(float value) => MathF.Ceiling(value);

    /// <summary>The logarithm to a base; NaN below 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Log(double value, double newBase) => Math.Log(value, newBase);

    /// <summary>The logarithm to a base; NaN below 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Log(float value, float newBase) => MathF.Log(value, newBase);

    /// <summary>The natural logarithm; NaN below 0, negative infinity at 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Log(double value) => Math.Log(value);

    /// <summary>The natural logarithm; NaN below 0, negative infinity at 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Log(float value) => MathF.Log(value);

    /// <summary>The logarithm to base 10; NaN below 0, negative infinity at 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Log10(double value) => Math.Log10(value);

    /// <summary>The logarithm to base 10; NaN below 0, negative infinity at 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Log10(float value) => MathF.Log10(value);

    /// <summary>The logarithm to base 2; NaN below 0, negative infinity at 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Log2(double value) => Math.Log2(value);

    /// <summary>The logarithm to base 2; NaN below 0, negative infinity at 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Log2(float value) => MathF.Log2(value);

    /// <summary>The base raised to a power.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Pow(double @base, double exp) => Math.Pow(@base, exp);

    /// <summary>The base raised to a power.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Pow(float @base, float exp) => MathF.Pow(@base, exp);

    /// <summary>e raised to a power.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Exp(double value) => Math.Exp(value);

    /// <summary>e raised to a power.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Exp(float value) => MathF.Exp(value);

    /// <summary>2 raised to a power.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Exp2(double value) => Math.Pow(2.0, value);

    /// <summary>2 raised to a power.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Exp2(float value) => MathF.Pow(2f, value);

    /// <summary>The reciprocal, exactly rounded on the CPU.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Rcp(double value) => 1.0 / value;

    /// <summary>The reciprocal, exactly rounded on the CPU.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Rcp(float value) => 1f / value;

    /// <summary>The remainder of x / y rounded towards zero; has the sign of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Rem(double x, double y) => x % y;

    /// <summary>The remainder of x / y rounded towards zero; has the sign of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Rem(float x, float y) => x % y;

    /// <summary>The remainder of x / y rounded to the nearest whole number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double IEEERemainder(double x, double y) => Math.IEEERemainder(x, y);

    /// <summary>The remainder of x / y rounded to the nearest whole number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float IEEERemainder(float x, float y) => MathF.IEEERemainder(x, y);

    /// <summary>The nearest whole number; halves go to the even one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Round(double value) => Math.Round(value);

    /// <summary>The nearest whole number; halves go to the even one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Round(float value) => MathF.Round(value);

    /// <summary>The nearest number with so many decimals; halves go to the even one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Round(double value, int digits) => Math.Round(value, digits);

    /// <summary>The nearest number with so many decimals; halves go to the even one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Round(float value, int digits) => MathF.Round(value, digits);

    /// <summary>The nearest whole number; the mode decides halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Round(double value, MidpointRounding mode) => Math.Round(value, mode);

    /// <summary>The nearest whole number; the mode decides halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Round(float value, MidpointRounding mode) => MathF.Round(value, mode);

    /// <summary>The nearest number with so many decimals; the mode decides halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Round(double value, int digits, MidpointRounding mode) => Math.Round(value, digits, mode);

    /// <summary>The nearest number with so many decimals; the mode decides halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Round(float value, int digits, MidpointRounding mode) => MathF.Round(value, digits, mode);

    /// <summary>The nearest whole number; halves go away from zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double RoundAwayFromZero(double value) => Math.Round(value, MidpointRounding.AwayFromZero);

    /// <summary>The nearest whole number; halves go away from zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float RoundAwayFromZero(float value) => MathF.Round(value, MidpointRounding.AwayFromZero);

    /// <summary>The nearest whole number; halves go to the even one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double RoundToEven(double value) => Math.Round(value, MidpointRounding.ToEven);

    /// <summary>The nearest whole number; halves go to the even one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float RoundToEven(float value) => MathF.Round(value, MidpointRounding.ToEven);

    /// <summary>The whole part, rounded towards zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Truncate(double value) => Math.Truncate(value);

    /// <summary>The whole part, rounded towards zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Truncate(float value) => MathF.Truncate(value);

    /// <summary>The square root; NaN below 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sqrt(double value) => Math.Sqrt(value);

    /// <summary>The square root; NaN below 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sqrt(float value) => MathF.Sqrt(value);

    /// <summary>The reciprocal of the square root, computed with two roundings on the CPU.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Rsqrt(double value) => 1.0 / Math.Sqrt(value);

    /// <summary>The reciprocal of the square root, computed with two roundings on the CPU.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Rsqrt(float value) => 1f / MathF.Sqrt(value);

    /// <summary>The sine of an angle in radians.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sin(double value) => Math.Sin(value);

    /// <summary>The sine of an angle in radians.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sin(float value) => MathF.Sin(value);

    /// <summary>The hyperbolic sine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sinh(double value) => Math.Sinh(value);

    /// <summary>The hyperbolic sine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sinh(float value) => MathF.Sinh(value);

    /// <summary>The angle in radians whose sine is the value; NaN outside [-1, 1].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Asin(double value) => Math.Asin(value);

    /// <summary>The angle in radians whose sine is the value; NaN outside [-1, 1].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Asin(float value) => MathF.Asin(value);

    /// <summary>The cosine of an angle in radians.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Cos(double value) => Math.Cos(value);

    /// <summary>The cosine of an angle in radians.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Cos(float value) => MathF.Cos(value);

    /// <summary>The hyperbolic cosine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Cosh(double value) => Math.Cosh(value);

    /// <summary>The hyperbolic cosine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Cosh(float value) => MathF.Cosh(value);

    /// <summary>The angle in radians whose cosine is the value; NaN outside [-1, 1].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Acos(double value) => Math.Acos(value);

    /// <summary>The angle in radians whose cosine is the value; NaN outside [-1, 1].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Acos(float value) => MathF.Acos(value);

    /// <summary>The tangent of an angle in radians.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Tan(double value) => Math.Tan(value);

    /// <summary>The tangent of an angle in radians.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Tan(float value) => MathF.Tan(value);

    /// <summary>The hyperbolic tangent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Tanh(double value) => Math.Tanh(value);

    /// <summary>The hyperbolic tangent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Tanh(float value) => MathF.Tanh(value);

    /// <summary>The angle in radians whose tangent is the value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Atan(double value) => Math.Atan(value);

    /// <summary>The angle in radians whose tangent is the value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Atan(float value) => MathF.Atan(value);

    /// <summary>The angle in radians of the point (x, y) seen from the origin.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Atan2(double y, double x) => Math.Atan2(y, x);

    /// <summary>The angle in radians of the point (x, y) seen from the origin.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Atan2(float y, float x) => MathF.Atan2(y, x);

    /// <summary>Sine and cosine of an angle in radians in one call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SinCos(double value, out double sin, out double cos) => (sin, cos) = Math.SinCos(value);

    /// <summary>Sine and cosine of an angle in radians in one call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SinCos(float value, out float sin, out float cos) => (sin, cos) = MathF.SinCos(value);
}
