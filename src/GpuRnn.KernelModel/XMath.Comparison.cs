using System.Numerics;
using System.Runtime.CompilerServices;

namespace GpuRnn.KernelModel;

// Comparison, limits, classification and bits.
public static partial class XMath
{
    /// <summary>The magnitude; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Abs(double value) => Math.Abs(value);

    /// <summary>The magnitude; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Abs(float value) => MathF.Abs(value);

    /// <summary>The magnitude; the smallest value has none and stays as it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static sbyte Abs(sbyte value) => value < 0 ? (sbyte)-value : value;

    /// <summary>The magnitude; the smallest value has none and stays as it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static short Abs(short value) => value < 0 ? (short)-value : value;

    /// <summary>The magnitude; the smallest value has none and stays as it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Abs(int value) => value < 0 ? -value : value;

    /// <summary>The magnitude; the smallest value has none and stays as it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Abs(long value) => value < 0 ? -value : value;

    /// <summary>The number of set bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PopCount(int value) => BitOperations.PopCount((uint)value);

    /// <summary>The number of set bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PopCount(uint value) => BitOperations.PopCount(value);

    /// <summary>The number of set bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PopCount(long value) => BitOperations.PopCount((ulong)value);

    /// <summary>The number of set bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PopCount(ulong value) => BitOperations.PopCount(value);

    /// <summary>The number of zero bits above the highest set bit; all bits for 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LeadingZeroCount(int value) => BitOperations.LeadingZeroCount((uint)value);

    /// <summary>The number of zero bits above the highest set bit; all bits for 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LeadingZeroCount(uint value) => BitOperations.LeadingZeroCount(value);

    /// <summary>The number of zero bits above the highest set bit; all bits for 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LeadingZeroCount(long value) => BitOperations.LeadingZeroCount((ulong)value);

    /// <summary>The number of zero bits above the highest set bit; all bits for 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LeadingZeroCount(ulong value) => BitOperations.LeadingZeroCount(value);

    /// <summary>The number of zero bits below the lowest set bit; all bits for 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TrailingZeroCount(int value) => BitOperations.TrailingZeroCount(value);

    /// <summary>The number of zero bits below the lowest set bit; all bits for 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TrailingZeroCount(uint value) => BitOperations.TrailingZeroCount(value);

    /// <summary>The number of zero bits below the lowest set bit; all bits for 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TrailingZeroCount(long value) => BitOperations.TrailingZeroCount(value);

    /// <summary>The number of zero bits below the lowest set bit; all bits for 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TrailingZeroCount(ulong value) => BitOperations.TrailingZeroCount(value);

    /// <summary>The quotient of two numbers that are not negative, rounded down.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int DivRoundDown(int numerator, int denominator) => numerator / denominator;

    /// <summary>The quotient of two numbers that are not negative, rounded up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int DivRoundUp(int numerator, int denominator) => (numerator + denominator - 1) / denominator;

    /// <summary>The quotient of two numbers that are not negative, rounded down.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long DivRoundDown(long numerator, long denominator) => numerator / denominator;

    /// <summary>The quotient of two numbers that are not negative, rounded up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long DivRoundUp(long numerator, long denominator) => (numerator + denominator - 1) / denominator;

    /// <summary>The smaller number; NaN if either is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Min(double first, double second) => Math.Min(first, second);

    /// <summary>The smaller number; NaN if either is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Min(float first, float second) => MathF.Min(first, second);

    /// <summary>The smaller number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static sbyte Min(sbyte first, sbyte second) => Math.Min(first, second);

    /// <summary>The smaller number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static short Min(short first, short second) => Math.Min(first, second);

    /// <summary>The smaller number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Min(int first, int second) => Math.Min(first, second);

    /// <summary>The smaller number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Min(long first, long second) => Math.Min(first, second);

    /// <summary>The smaller number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte Min(byte first, byte second) => Math.Min(first, second);

    /// <summary>The smaller number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Min(ushort first, ushort second) => Math.Min(first, second);

    /// <summary>The smaller number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Min(uint first, uint second) => Math.Min(first, second);

    /// <summary>The smaller number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Min(ulong first, ulong second) => Math.Min(first, second);

    /// <summary>The larger number; NaN if either is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Max(double first, double second) => Math.Max(first, second);

    /// <summary>The larger number; NaN if either is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(float first, float second) => MathF.Max(first, second);

    /// <summary>The larger number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static sbyte Max(sbyte first, sbyte second) => Math.Max(first, second);

    /// <summary>The larger number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static short Max(short first, short second) => Math.Max(first, second);

    /// <summary>The larger number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Max(int first, int second) => Math.Max(first, second);

    /// <summary>The larger number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Max(long first, long second) => Math.Max(first, second);

    /// <summary>The larger number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte Max(byte first, byte second) => Math.Max(first, second);

    /// <summary>The larger number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Max(ushort first, ushort second) => Math.Max(first, second);

    /// <summary>The larger number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Max(uint first, uint second) => Math.Max(first, second);

    /// <summary>The larger number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Max(ulong first, ulong second) => Math.Max(first, second);

    /// <summary>The value limited to [min, max], both ends included; min wins when they cross.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Clamp(double value, double min, double max) => Max(Min(value, max), min);

    /// <summary>The value limited to [min, max], both ends included; min wins when they cross.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Clamp(float value, float min, float max) => Max(Min(value, max), min);

    /// <summary>The value limited to [min, max], both ends included; min wins when they cross.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static sbyte Clamp(sbyte value, sbyte min, sbyte max) => Max(Min(value, max), min);

    /// <summary>The value limited to [min, max], both ends included; min wins when they cross.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static short Clamp(short value, short min, short max) => Max(Min(value, max), min);

    /// <summary>The value limited to [min, max], both ends included; min wins when they cross.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Clamp(int value, int min, int max) => Max(Min(value, max), min);

    /// <summary>The value limited to [min, max], both ends included; min wins when they cross.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Clamp(long value, long min, long max) => Max(Min(value, max), min);

    /// <summary>The value limited to [min, max], both ends included; min wins when they cross.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte Clamp(byte value, byte min, byte max) => Max(Min(value, max), min);

    /// <summary>The value limited to [min, max], both ends included; min wins when they cross.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Clamp(ushort value, ushort min, ushort max) => Max(Min(value, max), min);

    /// <summary>The value limited to [min, max], both ends included; min wins when they cross.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Clamp(uint value, uint min, uint max) => Max(Min(value, max), min);

    /// <summary>The value limited to [min, max], both ends included; min wins when they cross.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Clamp(ulong value, ulong min, ulong max) => Max(Min(value, max), min);

    /// <summary>True for NaN alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNaN(double value) => double.IsNaN(value);

    /// <summary>True for NaN alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNaN(float value) => float.IsNaN(value);

    /// <summary>True for the two infinities alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsInfinity(double value) => double.IsInfinity(value);

    /// <summary>True for the two infinities alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsInfinity(float value) => float.IsInfinity(value);

    /// <summary>False for NaN and the infinities.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsFinite(double value) => double.IsFinite(value);

    /// <summary>False for NaN and the infinities.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsFinite(float value) => float.IsFinite(value);

    /// <summary>-1, 0 or 1; 0 for NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sign(double value) => value < 0.0 ? -1 : value > 0.0 ? 1 : 0;

    /// <summary>-1, 0 or 1; 0 for NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sign(float value) => value < 0f ? -1 : value > 0f ? 1 : 0;
}
