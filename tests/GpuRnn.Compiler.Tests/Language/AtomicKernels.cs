using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Tests.Language;

/// <summary>Atomic updates: each kernel lets all work-items meet at a few places and one element of their own.</summary>
/// <remarks>The floats are small whole numbers, so that their sums do not depend on the order.</remarks>
public static class AtomicKernels
{
    public static void Integers(Index1D index, ArrayView1D<int, Stride1D.Dense> meeting, ArrayView1D<int, Stride1D.Dense> own)
    {
        int value = ((int)index * 37) - 500;
        Atomic.Add(ref meeting[0], value);
        Atomic.Max(ref meeting[1], value);
        Atomic.Min(ref meeting[2], value);
        Atomic.And(ref meeting[3], ~(1 << (int)index));
        Atomic.Or(ref meeting[4], 1 << (index * 7));
        Atomic.Xor(ref meeting[5], value);
        Index1D counted = Atomic.Add(ref own[index], 5);
        int before = Atomic.Exchange(ref own[index], counted + 100);
        own[index] += before + Atomic.CompareExchange(ref own[index], counted + 100, 7) + Atomic.CompareExchange(ref own[index], -1, 8);
    }

    public static void Unsigned(Index1D index, ArrayView1D<uint, Stride1D.Dense> meeting, ArrayView1D<uint, Stride1D.Dense> own)
    {
        uint value = (uint)(((int)index * 37) - 500);
        Atomic.Add(ref meeting[0], value);
        Atomic.Max(ref meeting[1], value);
        Atomic.Min(ref meeting[2], value);
        own[index] = Atomic.Exchange(ref own[index], value) + Atomic.Max(ref own[index], 3u) + Atomic.CompareExchange(ref own[index], value, 1u);
    }

    public static void Wide(Index1D index, ArrayView1D<long, Stride1D.Dense> meeting, ArrayView1D<ulong, Stride1D.Dense> own)
    {
        long value = ((int)index * 5_000_000_007L) - 70_000_000_000L;
        Atomic.Add(ref meeting[0], value);
        Atomic.Max(ref meeting[1], value);
        Atomic.Min(ref meeting[2], value);
        Atomic.And(ref meeting[3], ~(1L << (int)index));
        Atomic.Or(ref meeting[4], 1L << (index * 7));
        Atomic.Xor(ref meeting[5], value);
        Atomic.Max(ref own[0], (ulong)value);
        Atomic.Min(ref own[1], (ulong)value);
        ulong before = Atomic.Exchange(ref own[index + 2], (ulong)value);
        own[index + 2] += before + Atomic.CompareExchange(ref own[index + 2], (ulong)value, 9UL);
    }

    public static void Floats(Index1D index, ArrayView1D<float, Stride1D.Dense> meeting, ArrayView1D<float, Stride1D.Dense> own)
    {
        float value = ((int)index % 23) - 9f;
        Atomic.Add(ref meeting[0], value);
        Atomic.Max(ref meeting[1], value);
        Atomic.Min(ref meeting[2], value);
        Atomic.Max(ref meeting[3], index == 5 ? float.NaN : value);
        float before = Atomic.Exchange(ref own[index], value);
        own[index] += before + Atomic.CompareExchange(ref own[index], value, 0.5f) + Atomic.Add(ref own[index], 2f);
    }

    public static void Doubles(Index1D index, ArrayView1D<double, Stride1D.Dense> meeting, ArrayView1D<double, Stride1D.Dense> own)
    {
        double value = ((int)index % 23) - 9.0;
        Atomic.Add(ref meeting[0], value);
        Atomic.Max(ref meeting[1], value);
        Atomic.Min(ref meeting[2], value);
        double before = Atomic.Exchange(ref own[index], value);
        own[index] += before + Atomic.CompareExchange(ref own[index], value, 0.5) + Atomic.Add(ref own[index], 2.0);
    }
}
