using System.Reflection;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Tests;

/// <summary>Kernels whose instructions PTX defines otherwise than C# does; all read one array and write another.</summary>
public static class PtxLanguageKernels
{
    /// <summary>The kernels' names, for theories.</summary>
    public static TheoryData<string> Names => [.. typeof(PtxLanguageKernels).GetMethods(BindingFlags.Static | BindingFlags.Public)
        .Where(method => method.ReturnType == typeof(void)).Select(method => method.Name)];

    public static void UnsignedFromFloat(Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target) =>
        target[index] = (int)(uint)source[index];

    public static void LongFromFloat(Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target)
    {
        long number = (long)source[index];
        ulong natural = (ulong)source[index];
        target[index] = (int)(number >> 32) ^ (int)number ^ (int)(natural >> 31) ^ (int)natural;
    }

    public static void IntegersFromDouble(Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target)
    {
        double wide = source[index] * 1.0000000001;
        long number = (long)wide;
        target[index] = (int)wide + (int)((uint)wide >> 3) + (int)(number >> 7);
    }

    public static void DivisionsByNumbers(Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target)
    {
        int number = BitConverter.SingleToInt32Bits(source[index]);
        uint natural = (uint)number;
        long wide = (long)number * 1_000_003L;
        int powers = (number / 2) + (31 * (number % 2)) + (97 * (number / 8)) + (389 * (number % 1024)) + (int)(natural / 4) + (int)(7 * (natural % 32));
        int others = (number / 3) + (31 * (number % 3)) + (97 * (number / 7)) + (389 * (number % 1_000_003)) + (1543 * (number / int.MaxValue)) + (int)(natural / 5);
        target[index] = powers + (13 * others) + (number / -3) + (int)(wide / 4096) + (int)(17 * (wide % 64)) + (int)((ulong)wide / 8);
    }

    public static void FloatsFromIntegers(Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target)
    {
        int bits = BitConverter.SingleToInt32Bits(source[index]);
        long wide = ((long)bits * 1_000_003L) ^ 0x123456789L;
        float sum = ((float)bits - (float)(uint)bits) + (float)wide + (float)(ulong)wide;
        double precise = (double)bits + (double)(uint)bits + (double)wide + (double)(ulong)wide;
        target[index] = BitConverter.SingleToInt32Bits(sum) ^ BitConverter.SingleToInt32Bits((float)precise)
            ^ (int)(BitConverter.DoubleToInt64Bits(precise) >> 20);
    }

    public static void LongShifts(Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target)
    {
        int distance = index * 3;
        long bits = (long)BitConverter.SingleToInt32Bits(source[index]) * 0x100000001L;
        long mixed = (bits << distance) ^ (bits >> (distance + 1)) ^ (long)((ulong)bits >> (distance + 2));
        target[index] = (int)mixed ^ (int)(mixed >> 32) ^ (1 << distance) ^ (int)(uint.MaxValue >> distance);
    }

    public static void LongDivision(Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target)
    {
        long bits = ((long)BitConverter.SingleToInt32Bits(source[index]) << 21) - 12345;
        long divisor = (int)index - 33;
        long quotient = divisor == 0 ? bits : (bits / divisor) ^ (bits % divisor);
        ulong natural = ((ulong)bits / 1_000_000_007UL) ^ ((ulong)bits % 97UL);
        target[index] = (int)quotient ^ (int)(quotient >> 32) ^ (int)natural;
    }

    public static void Comparisons(Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target)
    {
        float left = source[index];
        float right = source[(int)((index * 7) % source.Length)];
        bool first = left < right;
        bool second = left == right;
        bool chosen = (index & 1) == 0 ? first : second;
        int bits = BitConverter.SingleToInt32Bits(left);
        target[index] = (first ? 1 : 0) + (left <= right ? 2 : 0) + (left != right ? 4 : 0) + (first ^ second ? 8 : 0) + (first == second ? 16 : 0)
            + (!(left >= right) ? 32 : 0) + (chosen ? 64 : 0) + ((uint)bits < 0x80000001u ? 128 : 0) + ((first & !second) | (left > 3f) ? 256 : 0);
    }

    public static void Roundings(Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target)
    {
        float value = source[index];
        float sum = MathF.Floor(value) + (3f * MathF.Ceiling(value)) + (5f * MathF.Round(value)) + (7f * MathF.Truncate(value));
        double precise = Math.Floor((double)value) + Math.Round((double)value) + Math.Sqrt(Math.Abs((double)value)) + (-(double)value / 3.0);
        target[index] = BitConverter.SingleToInt32Bits(sum - MathF.Sqrt(MathF.Abs(value))) ^ (int)(BitConverter.DoubleToInt64Bits(precise) >> 13);
    }

    /// <summary>Remainders of doubles between all magnitudes, subnormal divisors among them, and of floats.</summary>
    public static void Remainders(Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target)
    {
        float left = source[index];
        double wide = (double)left * 1e200;
        double small = BitConverter.Int64BitsToDouble((index * 977) + 1);
        double rest = (wide % 3.7e-9) + ((double)left % ((index - 20) * 0.37)) + (1.7 % small);
        float narrow = left % source[(int)((index * 5) % source.Length)];
        target[index] = (int)(BitConverter.DoubleToInt64Bits(rest) >> 9) ^ BitConverter.SingleToInt32Bits(float.IsNaN(narrow) ? 77f : narrow);
    }

    /// <summary>Three values change places around a loop, one of them a bool, and the old ones are read behind it (swap and lost copy).</summary>
    public static void Rotations(Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target)
    {
        int first = index;
        int second = 1000;
        int third = -7;
        bool flag = false;
        bool other = true;
        int last = 0;
        int i = 0;
        do
        {
            last = i;
            (first, second, third) = (second, third, first);
            (flag, other) = (other, flag);
            first += flag ? 3 : 1;
            i++;
        }
        while (i < index % 9);
        target[index] = (first * 31) + (second * 7) + third + (last * 100_000) + (flag ? 1 : 0) + (other ? 2 : 0);
    }

    /// <summary>A chain of values that each take the one before, read after the loop as they were before its last turn.</summary>
    public static void Delays(Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target)
    {
        int current = index + 1;
        int previous = 0;
        int older = 0;
        while (current < 4000)
        {
            older = previous;
            previous = current;
            current = (current * 3) - older;
        }

        target[index] = current + (previous * 5) + (older * 11);
    }

    public static void Neighbours(Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target)
    {
        int middle = Math.Max(2, Math.Min((int)source.Length - 3, index));
        float sum = source[middle - 2] + source[middle - 1] + source[middle] + source[middle + 1] + source[2 + middle] + source[5];
        ArrayView1D<float, Stride1D.Dense> part = source.SubView(middle, 3);
        target[index] = BitConverter.SingleToInt32Bits(sum) ^ BitConverter.SingleToInt32Bits(part[1] - part[2]);
    }
}
