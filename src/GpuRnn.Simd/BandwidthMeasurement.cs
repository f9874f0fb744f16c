using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using GpuRnn.Devices.Cpu;
using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd;

/// <summary>Measures how many bytes a second the machine's cores read from each level of memory: the slope of the roof beside <see cref="PeakMeasurement"/>.</summary>
/// <remarks>
/// Every worker sums an array of its own from start to end, again and again, in eight registers side by side, so that loads alone are the limit. The
/// array's size decides the level. The best of several short runs counts: a roof is a maximum.
/// </remarks>
public sealed unsafe class BandwidthMeasurement : ITeamWork
{
    private const int Chains = 8;
    private const int RunCount = 9;
    private const long BytesPerRun = 1L << 28;
    private const int Alignment = 4096;

    private readonly nint[] _arrays;
    private readonly nint _length;
    private readonly long _passes;
    private readonly float[] _sinks;

    private BandwidthMeasurement(nint[] arrays, nint length)
    {
        (_arrays, _length) = (arrays, length);
        _passes = Math.Max(1, BytesPerRun / (length * sizeof(float)));

        // One cache line each, so that the final stores do not meet.
        _sinks = new float[arrays.Length * 16];
    }

    /// <summary>Runs all workers of a team at once and returns what they read together in GB/s (10⁹ bytes).</summary>
    /// <param name="team">Nothing else may run on it. Takes some tenths of a second.</param>
    /// <param name="bytesPerWorker">The size of each worker's array, rounded up to whole registers of all chains.</param>
    public static double MeasureGigabytes(WorkerTeam team, long bytesPerWorker)
    {
        ArgumentNullException.ThrowIfNull(team);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesPerWorker, 1);
        const int Block = Chains * 16;
        nint length = (nint)((bytesPerWorker + (Block * sizeof(float)) - 1) / (Block * sizeof(float)) * Block);
        nint[] arrays = new nint[team.WorkerCount];
        try
        {
            for (int worker = 0; worker < arrays.Length; worker++)
            {
                arrays[worker] = (nint)NativeMemory.AlignedAlloc((nuint)(length * sizeof(float)), Alignment);
                new Span<byte>((void*)arrays[worker], checked((int)(length * sizeof(float)))).Clear();
            }

            BandwidthMeasurement work = new(arrays, length);
            team.Run(work);
            double best = 0.0;
            for (int run = 0; run < RunCount; run++)
            {
                long start = Stopwatch.GetTimestamp();
                team.Run(work);
                best = Math.Max(best, work._passes * (double)length * sizeof(float) * arrays.Length / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
            }

            return best;
        }
        finally
        {
            Array.ForEach(arrays, array => NativeMemory.AlignedFree((void*)array));
        }
    }

    /// <inheritdoc/>
    public void Run(int worker, int workerCount, SpinBarrier barrier)
    {
        float* array = (float*)_arrays[worker];
        float sum = 0.0f;
        for (long pass = 0; pass < _passes; pass++)
        {
            sum += Vector512.IsHardwareAccelerated ? Sum<V512>(array, _length) : Vector256.IsHardwareAccelerated ? Sum<V256>(array, _length) : Sum<V128>(array, _length);
        }

        _sinks[worker * 16] = sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Sum<TLane>(float* array, nint length)
        where TLane : struct, IVectorLane<TLane>
    {
        TLane a0 = TLane.Zero, a1 = TLane.Zero, a2 = TLane.Zero, a3 = TLane.Zero;
        TLane a4 = TLane.Zero, a5 = TLane.Zero, a6 = TLane.Zero, a7 = TLane.Zero;
        for (float* end = array + length; array < end; array += Chains * TLane.Count)
        {
            a0 += TLane.Load(array);
            a1 += TLane.Load(array + TLane.Count);
            a2 += TLane.Load(array + (2 * TLane.Count));
            a3 += TLane.Load(array + (3 * TLane.Count));
            a4 += TLane.Load(array + (4 * TLane.Count));
            a5 += TLane.Load(array + (5 * TLane.Count));
            a6 += TLane.Load(array + (6 * TLane.Count));
            a7 += TLane.Load(array + (7 * TLane.Count));
        }

        float* sums = stackalloc float[16];
        TLane.Store(sums, a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7);
        return sums[0];
    }
}
