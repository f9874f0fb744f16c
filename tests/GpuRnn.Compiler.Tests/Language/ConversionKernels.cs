using GpuRnn.KernelModel;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Compiler.Tests.Language;

/// <summary>Every conversion among the number types: each kernel turns bits into one type and that into all others.</summary>
public static class ConversionKernels
{
    public static void FromInteger(Index1D index, ArrayView1D<long, Stride1D.Dense> source, ArrayView1D<double, Stride1D.Dense> target)
    {
        int from = (int)source[index];
        int at = index * 16;
        target[at] = from;
        target[at + 1] = (uint)from;
        target[at + 2] = (long)from;
        target[at + 3] = (ulong)from;
        target[at + 4] = (float)from;
        target[at + 5] = (byte)from;
        target[at + 6] = (sbyte)from;
        target[at + 7] = (short)from;
        target[at + 8] = (ushort)from;
        target[at + 9] = (float)(Half)from;
        target[at + 10] = from != 0 ? 1 : 0;
        target[at + 11] = (char)from;
    }

    public static void FromUnsigned(Index1D index, ArrayView1D<long, Stride1D.Dense> source, ArrayView1D<double, Stride1D.Dense> target)
    {
        uint from = (uint)source[index];
        int at = index * 16;
        target[at] = from;
        target[at + 1] = (int)from;
        target[at + 2] = (long)from;
        target[at + 3] = (ulong)from;
        target[at + 4] = (float)from;
        target[at + 5] = (byte)from;
        target[at + 6] = (sbyte)from;
        target[at + 7] = (float)(double)from;
    }

    public static void FromLong(Index1D index, ArrayView1D<long, Stride1D.Dense> source, ArrayView1D<double, Stride1D.Dense> target)
    {
        long from = source[index];
        int at = index * 16;
        target[at] = from;
        target[at + 1] = (int)from;
        target[at + 2] = (uint)from;
        target[at + 3] = (ulong)from;
        target[at + 4] = (float)from;
        target[at + 5] = (float)(ulong)from;
        target[at + 6] = (short)from;
        target[at + 7] = (float)(uint)from;
        target[at + 8] = (double)(ulong)from;
    }

    public static void FromFloat(Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<double, Stride1D.Dense> target)
    {
        float from = source[index];
        int at = index * 16;
        target[at] = from;
        target[at + 1] = (int)from;
        target[at + 2] = (uint)from;
        target[at + 3] = (long)from;
        target[at + 4] = (ulong)from;
        target[at + 5] = (float)(Half)from;
        target[at + 6] = BitConverter.HalfToUInt16Bits((Half)from);
    }

    public static void FromDouble(Index1D index, ArrayView1D<double, Stride1D.Dense> source, ArrayView1D<double, Stride1D.Dense> target)
    {
        double from = source[index];
        int at = index * 16;
        target[at] = (float)from;
        target[at + 1] = (int)from;
        target[at + 2] = (uint)from;
        target[at + 3] = (long)from;
        target[at + 4] = (ulong)from;
    }

    /// <summary>Every half-precision number by its bits; stored as such and widened.</summary>
    public static void Halves(Index1D index, ArrayView1D<Half, Stride1D.Dense> halves, ArrayView1D<float, Stride1D.Dense> target)
    {
        halves[index] = BitConverter.UInt16BitsToHalf((ushort)(int)index);
        target[index] = (float)halves[index];
    }

    /// <summary>Every bfloat16 by its bits; stored as such, widened, and rounded again from a float near it.</summary>
    public static void BFloats(Index1D index, ArrayView1D<BFloat16, Stride1D.Dense> numbers, ArrayView1D<float, Stride1D.Dense> target)
    {
        numbers[index] = BFloat16.FromBits((ushort)(int)index);
        target[index] = numbers[index];
        numbers[index] = (BFloat16)(numbers[index] * 1.00390625f);
    }

    /// <summary>Numbers stored in fewer bits than they are computed with.</summary>
    public static void Storage(
        Index1D index,
        ArrayView1D<byte, Stride1D.Dense> bytes,
        ArrayView1D<sbyte, Stride1D.Dense> signedBytes,
        ArrayView1D<short, Stride1D.Dense> shorts,
        ArrayView1D<ushort, Stride1D.Dense> unsignedShorts,
        ArrayView1D<bool, Stride1D.Dense> truths)
    {
        int number = ((int)index * 7919) - 100000;
        bytes[index] += (byte)number;
        signedBytes[index] -= (sbyte)number;
        shorts[index] *= (short)number;
        unsignedShorts[index] ^= (ushort)number;
        truths[index] = !truths[index] & number % 3 == 0;
    }
}
