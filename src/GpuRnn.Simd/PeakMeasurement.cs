using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GpuRnn.Devices.Cpu;

namespace GpuRnn.Simd;

/// <summary>Measures how many single-precision operations a second the machine can do at most: the roof that benchmarks are held against.</summary>
/// <remarks>
/// Every worker runs independent chains of fused multiply-adds in registers, without touching memory. Twelve chains cover the latency
/// of four or five cycles on machines with two such units. The best of several short runs counts: a roof is a maximum.
/// </remarks>
public sealed class PeakMeasurement : ITeamWork
{
    private const int ChainCount = 12;
    private const int Iterations = 400_000;
    private const int RunCount = 20;
    private readonly float[] _sinks;

    private PeakMeasurement(int workerCount)
    {
        // One cache line each, so that the final stores do not meet.
        _sinks = new float[workerCount * 16];
    }

    /// <summary>Runs all workers of a team at once and returns their common rate in GFLOP/s, a fused multiply-add counted as two.</summary>
    /// <param name="team">The threads whose roof is wanted; nothing else may run on them. Takes about a tenth of a second.</param>
    public static double MeasureGigaflops(WorkerTeam team)
    {
        ArgumentNullException.ThrowIfNull(team);
        PeakMeasurement work = new(team.WorkerCount);
        double operations = 2.0 * ChainCount * Iterations * RegisterWidth() * team.WorkerCount;
        team.Run(work);
        double best = 0.0;
        for (int run = 0; run < RunCount; run++)
        {
            long start = Stopwatch.GetTimestamp();
            team.Run(work);
            best = Math.Max(best, operations / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
        }

        return best;
    }

    /// <inheritdoc/>
    public void Run(int worker, int workerCount, SpinBarrier barrier)
    {
        _sinks[worker * 16] = Vector512.IsHardwareAccelerated ? Chains512() : Vector256.IsHardwareAccelerated ? Chains256() : Chains128();
    }

    private static int RegisterWidth()
    {
        return Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;
    }

    // The chains shrink towards a fixed point, so no number becomes infinite or denormal, which would change the speed.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Chains512()
    {
        Vector512<float> factor = Vector512.Create(0.5f);
        Vector512<float> a0 = Vector512.Create(1f), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
        Vector512<float> a6 = a0, a7 = a0, a8 = a0, a9 = a0, a10 = a0, a11 = a0;
        for (int i = 0; i < Iterations; i++)
        {
            a0 = Vector512.FusedMultiplyAdd(a0, factor, factor);
            a1 = Vector512.FusedMultiplyAdd(a1, factor, factor);
            a2 = Vector512.FusedMultiplyAdd(a2, factor, factor);
            a3 = Vector512.FusedMultiplyAdd(a3, factor, factor);
            a4 = Vector512.FusedMultiplyAdd(a4, factor, factor);
            a5 = Vector512.FusedMultiplyAdd(a5, factor, factor);
            a6 = Vector512.FusedMultiplyAdd(a6, factor, factor);
            a7 = Vector512.FusedMultiplyAdd(a7, factor, factor);
            a8 = Vector512.FusedMultiplyAdd(a8, factor, factor);
            a9 = Vector512.FusedMultiplyAdd(a9, factor, factor);
            a10 = Vector512.FusedMultiplyAdd(a10, factor, factor);
            a11 = Vector512.FusedMultiplyAdd(a11, factor, factor);
        }

        return Vector512.Sum(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Chains256()
    {
        Vector256<float> factor = Vector256.Create(0.5f);
        Vector256<float> a0 = Vector256.Create(1f), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
        Vector256<float> a6 = a0, a7 = a0, a8 = a0, a9 = a0, a10 = a0, a11 = a0;
        for (int i = 0; i < Iterations; i++)
        {
            a0 = Vector256.FusedMultiplyAdd(a0, factor, factor);
            a1 = Vector256.FusedMultiplyAdd(a1, factor, factor);
            a2 = Vector256.FusedMultiplyAdd(a2, factor, factor);
            a3 = Vector256.FusedMultiplyAdd(a3, factor, factor);
            a4 = Vector256.FusedMultiplyAdd(a4, factor, factor);
            a5 = Vector256.FusedMultiplyAdd(a5, factor, factor);
            a6 = Vector256.FusedMultiplyAdd(a6, factor, factor);
            a7 = Vector256.FusedMultiplyAdd(a7, factor, factor);
            a8 = Vector256.FusedMultiplyAdd(a8, factor, factor);
            a9 = Vector256.FusedMultiplyAdd(a9, factor, factor);
            a10 = Vector256.FusedMultiplyAdd(a10, factor, factor);
            a11 = Vector256.FusedMultiplyAdd(a11, factor, factor);
        }

        return Vector256.Sum(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Chains128()
    {
        Vector128<float> factor = Vector128.Create(0.5f);
        Vector128<float> a0 = Vector128.Create(1f), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
        Vector128<float> a6 = a0, a7 = a0, a8 = a0, a9 = a0, a10 = a0, a11 = a0;
        for (int i = 0; i < Iterations; i++)
        {
            a0 = Vector128.FusedMultiplyAdd(a0, factor, factor);
            a1 = Vector128.FusedMultiplyAdd(a1, factor, factor);
            a2 = Vector128.FusedMultiplyAdd(a2, factor, factor);
            a3 = Vector128.FusedMultiplyAdd(a3, factor, factor);
            a4 = Vector128.FusedMultiplyAdd(a4, factor, factor);
            a5 = Vector128.FusedMultiplyAdd(a5, factor, factor);
            a6 = Vector128.FusedMultiplyAdd(a6, factor, factor);
            a7 = Vector128.FusedMultiplyAdd(a7, factor, factor);
            a8 = Vector128.FusedMultiplyAdd(a8, factor, factor);
            a9 = Vector128.FusedMultiplyAdd(a9, factor, factor);
            a10 = Vector128.FusedMultiplyAdd(a10, factor, factor);
            a11 = Vector128.FusedMultiplyAdd(a11, factor, factor);
        }

        return Vector128.Sum(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11);
    }
}
