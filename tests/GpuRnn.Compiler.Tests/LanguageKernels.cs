using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Tests;

/// <summary>Kernels that each use one part of the language; all read one array and write another.</summary>
public static class LanguageKernels
{
    /// <summary>Variables that change places in a loop: the new values must be read before any is overwritten.</summary>
    public static void Rotate(
        Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target, int count)
    {
        int first = 1;
        int second = index;
        for (int i = 0; i < count; i++)
        {
            int old = first;
            first = second;
            second = old + 1;
        }

        target[index] = (first * 1000) + second;
    }

    /// <summary>Floats that fit no int saturate, NaN becomes 0.</summary>
    public static void ToInteger(
        Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target, int count)
    {
        target[index] = (int)source[index] ^ (byte)(int)index ^ (short)(index * 4099);
    }

    /// <summary>Exact functions of constants, of NaN too, which compilers of devices have folded to a number.</summary>
    public static void FunctionsOfConstants(
        Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target, int count)
    {
        double truncated = Math.Truncate(double.NaN);
        float floored = MathF.Floor(float.NaN);
        int undefined = (truncated >= 0.0 || truncated < 0.0 ? 1 : 0) + (floored >= 0f || floored < 0f ? 2 : 0);
        float rounded = MathF.Round(2.5f) + MathF.Round(4294967296f) + MathF.Ceiling(-1.5f) + MathF.Truncate(-7.9f) + (float)Math.Floor(-0.25);
        target[index] = undefined + (index * BitConverter.SingleToInt32Bits(rounded));
    }

    /// <summary>Sums, products and remainders that are NaN whatever the other operand is, and functions of them.</summary>
    public static void ArithmeticWithNaN(
        Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target, int count)
    {
        float x = source[index];
        double wide = x;
        int numbers = IsNumber(MathF.Floor(x - float.NaN)) + IsNumber(MathF.Truncate(float.NaN * x)) + IsNumber(MathF.Round(x % 0f))
            + IsNumber(MathF.Ceiling(float.PositiveInfinity % x)) + IsNumber((float)Math.Floor(double.NaN / wide)) + IsNumber((float)Math.Round(wide % 0.0));
        bool isOrdered = x < float.NaN || x >= float.NaN || wide == double.NaN || !(x != float.NaN);
        target[index] = numbers + (isOrdered ? 100 : 0) + (10 * IsNumber(MathF.Floor(index == 3 ? 1.5f : float.NaN)));
    }

    /// <summary>Switch, short circuits, continue and leaving two loops at once.</summary>
    public static void Jumps(
        Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target, int count)
    {
        target[index] = Search(source, index, count);
    }

    /// <summary>Shifts beyond the width, products that wrap, and unsigned division and comparison.</summary>
    public static void Integers(
        Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target, int count)
    {
        int value = ((int)index - 5) * 715827883;
        uint bits = (uint)value;
        int shifted = (value << index) ^ (value >> index) ^ (int)(bits >> index);
        int divided = (value / (count + 1)) ^ (value % (count + 1)) ^ (int)(bits / 7u) ^ (int)(bits % 7u);
        long wide = ((long)value * value) >> 3;
        target[index] = bits > 0x80000000u ? shifted + (int)wide : divided - (int)(wide >> 32);
    }

    /// <summary>References to variables, out parameters and structs in structs.</summary>
    public static void References(
        Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target, int count)
    {
        (int Count, (float Low, float High) Range) state = (count, (source[index], 2f));
        ref float high = ref state.Range.High;
        high += state.Range.Low;
        Split(state.Range, out float whole, out float rest);
        state.Count += whole > rest ? 1 : 2;
        target[index] = BitConverter.SingleToInt32Bits(high - whole) + state.Count;
    }

    private static void Split((float Low, float High) range, out float whole, out float rest)
    {
        whole = MathF.Floor(range.Low);
        rest = range.High - whole;
    }

    private static int Search(ArrayView1D<float, Stride1D.Dense> source, int index, int count)
    {
        int sum = 0;
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (source[j] > 0f && (j & 1) == 0)
                {
                    continue;
                }

                switch ((index + j) % 4)
                {
                    case 0:
                        sum += 3;
                        break;
                    case 1:
                        sum *= 2;
                        break;
                    case 3 when sum > 5000:
                        return -sum;
                    default:
                        sum -= j;
                        break;
                }
            }

            if (sum < -40 || (source[i] < -1.9f && i > 3))
            {
                break;
            }
        }

        return sum;
    }

    /// <summary>An optimised build leaves the comparison itself on the stack where a number of the other way arrives.</summary>
    public static void FlagsAmongNumbers(
        Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target, int count)
    {
        float x = source[index];
        int first = x > 0f ? (x > 1f ? 1 : 0) : index + count;
        int second = x > 0f ? index - count : (x > -1f ? 1 : 0);
        target[index] = (first * 1000) + second;
    }

    private static int IsNumber(float x) => x >= 0f || x < 0f ? 1 : 0;
}
