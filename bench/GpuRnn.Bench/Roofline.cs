using System.Globalization;
using GpuRnn.Composition;
using GpuRnn.Devices.Cpu;
using GpuRnn.Simd;

namespace GpuRnn.Bench;

/// <summary>The machine's roof: multiply-adds a second in registers, and bytes a second from each level of memory.</summary>
/// <remarks><c>roofline</c>. One thread, then all.</remarks>
internal static class Roofline
{
    /// <summary>The argument that chooses this benchmark.</summary>
    internal const string Verb = "roofline";

    private const long DramBytes = 1L << 28;

    /// <summary>Bytes a thread to read when the third level is measured: a quarter of a core's share of it, for others on the machine use it too.</summary>
    internal static long ThirdLevelBytes(CpuDevice device) =>
        ((device.Profile.L2Bytes ?? 512 << 10) * 2) + ((device.Profile.L3Bytes ?? 8 << 20) / Environment.ProcessorCount / 4);

    internal static int Run()
    {
        Console.WriteLine(MachineLine.Text());
        Console.WriteLine("| threads | multiply-adds, GFLOP/s | first level, GB/s | second level, GB/s | third level, GB/s | memory, GB/s |\n|---:|---:|---:|---:|---:|---:|");
        foreach (int threads in new[] { 1, Environment.ProcessorCount }.Distinct())
        {
            using CpuDevice device = (CpuDevice)DeviceCatalog.Open("cpu", threads);
            long first = device.Profile.L1Bytes ?? 32 << 10;
            long second = device.Profile.L2Bytes ?? 512 << 10;

            // Half of a level leaves room for what else lies there.
            double[] bytes = [.. new[] { first / 2, second / 2, ThirdLevelBytes(device), DramBytes }
                .Select(size => BandwidthMeasurement.MeasureGigabytes(device.Team, size))];
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {threads} | {PeakMeasurement.MeasureGigaflops(device.Team):0} | {bytes[0]:0} | {bytes[1]:0} | {bytes[2]:0} | {bytes[3]:0} |"));
        }

        return 0;
    }
}
