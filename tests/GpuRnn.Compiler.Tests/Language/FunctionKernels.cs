using System.Numerics;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Tests.Language;

/// <summary>Functions of <see cref="XMath"/>, <see cref="Math"/> and <see cref="BitOperations"/>.</summary>
public static class FunctionKernels
{
    public static void Bits(Index1D index, ArrayView1D<long, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target)
    {
        long wide = source[index];
        int narrow = (int)wide;
        int at = index * 16;
        target[at] = XMath.PopCount(narrow);
        target[at + 1] = XMath.PopCount((uint)narrow);
        target[at + 2] = XMath.PopCount(wide);
        target[at + 3] = XMath.PopCount((ulong)wide);
        target[at + 4] = XMath.LeadingZeroCount(narrow);
        target[at + 5] = XMath.LeadingZeroCount(wide);
        target[at + 6] = XMath.TrailingZeroCount(narrow);
        target[at + 7] = XMath.TrailingZeroCount(wide);
        target[at + 8] = BitOperations.Log2((uint)narrow);
        target[at + 9] = (int)BitOperations.RotateLeft((uint)narrow, 7);
        target[at + 10] = (int)BitOperations.RotateRight((ulong)wide, 13);
        target[at + 11] = BitOperations.IsPow2(narrow) ? 1 : 0;
        target[at + 12] = XMath.LeadingZeroCount((ulong)wide) + XMath.TrailingZeroCount((uint)narrow) + XMath.TrailingZeroCount((ulong)wide);
        target[at + 13] = (int)BitOperations.RoundUpToPowerOf2((uint)narrow);
        target[at + 14] = (int)uint.Max((uint)narrow, 77u) + int.Min(narrow, 5) + int.Clamp(narrow, -3, 100) + XMath.DivRoundUp(index, 4);
    }

    public static void Order(Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<float, Stride1D.Dense> target)
    {
        float first = source[index];
        float second = source[(index + 1) % source.IntLength];
        int at = index * 16;
        target[at] = XMath.Min(first, second);
        target[at + 1] = XMath.Max(first, second);
        target[at + 2] = XMath.Clamp(first, -1f, 1f);
        target[at + 3] = XMath.Abs(first);
        target[at + 4] = XMath.IsNaN(first) ? 1f : 0f;
        target[at + 5] = XMath.IsInfinity(first) ? 1f : 0f;
        target[at + 6] = XMath.IsFinite(first) ? 1f : 0f;
        target[at + 7] = XMath.Sign(first);
        target[at + 8] = XMath.Floor(first);
        target[at + 9] = XMath.Ceiling(first);
        target[at + 10] = XMath.Truncate(first);
        target[at + 11] = XMath.Sqrt(first);
        target[at + 12] = (float)XMath.Max((double)first, second);
        target[at + 13] = MathF.Round(first);
        target[at + 14] = first % second;
        target[at + 15] = (first > second ? 1f : 0f) + (first >= second ? 2f : 0f) + (first == second ? 4f : 0f) + (first != second ? 8f : 0f)
            + (first < second ? 16f : 0f) + (!(first <= second) ? 32f : 0f);
    }

    /// <summary>Functions that devices round in their own way; compared with a tolerance.</summary>
    public static void Elementary(Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<float, Stride1D.Dense> target)
    {
        float value = source[index];
        int at = index * 32;
        target[at] = XMath.Exp(value);
        target[at + 1] = XMath.Exp2(value);
        target[at + 2] = XMath.Log(value + 3f);
        target[at + 3] = XMath.Log2(value + 3f);
        target[at + 4] = XMath.Log10(value + 3f);
        target[at + 5] = XMath.Pow(value + 3f, 1.7f);
        target[at + 6] = XMath.Sin(value);
        target[at + 7] = XMath.Cos(value);
        target[at + 8] = XMath.Tan(value * 0.5f);
        target[at + 9] = XMath.Asin(value * 0.4f);
        target[at + 10] = XMath.Acos(value * 0.4f);
        target[at + 11] = XMath.Atan(value);
        target[at + 12] = XMath.Atan2(value, 0.7f);
        target[at + 13] = XMath.Sinh(value);
        target[at + 14] = XMath.Cosh(value);
        target[at + 15] = XMath.Tanh(value);
        target[at + 16] = XMath.Rsqrt(value + 3f);
        target[at + 17] = XMath.Rcp(value + 3f);
        target[at + 18] = XMath.DegToRad(value);
        target[at + 19] = XMath.RadToDeg(value);
        XMath.SinCos(value, out float sine, out float cosine);
        target[at + 20] = sine;
        target[at + 21] = cosine;
        target[at + 22] = XMath.Log(value + 3f, 3f);
    }
}
