using System.Globalization;
using System.Runtime.Intrinsics;
using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Reservoirs;
using GpuRnn.Simd.Lanes;
using GpuRnn.Simd.Sequences;
using GpuRnn.Tensors;

namespace GpuRnn.Bench;

/// <summary>A reservoir with few of its weights beside one of the same size with all of them.</summary>
/// <remarks><c>reservoir [THREADS]</c>. States that are not those of the double-precision run abort it.</remarks>
internal static class SparseReservoir
{
    /// <summary>The argument that chooses this benchmark.</summary>
    internal const string Verb = "reservoir";

    private const int Size = 500;
    private const int CheckedSteps = 50;
    private const double MostShare = 0.5;

    // Differences of roundings stay as they are in a reservoir that forgets.
    private const double Tolerance = 1e-4;

    internal static int Run(IReadOnlyList<string> arguments)
    {
        int threads = Arguments.Threads(Verb, arguments);
        using CpuDevice device = (CpuDevice)DeviceCatalog.Open("cpu", threads);
        RunSparse(device);
        Console.WriteLine($"{MachineLine.Text()}, {threads} threads; H={Size}, I=1, µs a step");
        Console.WriteLine("| B | share of weights | dense | sparse | times |\n|---:|---:|---:|---:|---:|");
        using EchoStateNetwork dense = Network(device, 1.0);
        foreach (int batchSize in new[] { 1, 8, 32 })
        {
            dense.Reset();
            foreach (double share in new[] { 0.01, 0.02, 0.05, 0.1, 0.2 })
            {
                int steps = 4000 / batchSize;
                using EchoStateNetwork sparse = Network(device, share);
                Check(device, batchSize, share);
                ReservoirBatch batch = Batch(steps, batchSize);
                double[] times = Turns.Medians([() => dense.Skip(batch), () => sparse.Skip(batch)]);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {batchSize} | {share} | {times[0] * 1e3 / steps:0.00} | {times[1] * 1e3 / steps:0.00} | {times[0] / times[1]:0.0} |"));
            }
        }

        return 0;
    }

    // Also shares that the library would run dense.
    private static void RunSparse(CpuDevice device) =>
        device.Register(Vector512.IsHardwareAccelerated ? new SparseLoopExecutor<V512>(device, MostShare) : new SparseLoopExecutor<V256>(device, MostShare));

    private static void Check(Device device, int batchSize, double share)
    {
        using EchoStateNetwork single = Network(device, share);
        using EchoStateNetwork reference = Network(device, share, StatePrecision.Double);
        ReservoirBatch batch = Batch(CheckedSteps, batchSize);
        ResultCheck.Require(
            $"{Verb}: states, B={batchSize}, share {share}", reference.States(batch), Array.ConvertAll(single.States(batch), value => (float)value), _ => Tolerance);
    }

    private static EchoStateNetwork Network(Device device, double share, StatePrecision precision = StatePrecision.Single) =>
        new(device, new EchoStateOptions { InputSize = 1, OutputSize = 1, ReservoirSize = Size, Connectivity = share, Precision = precision });

    private static ReservoirBatch Batch(int timeSteps, int batchSize)
    {
        RandomSource random = new(1);
        return new ReservoirBatch(timeSteps, batchSize)
        {
            Inputs = [.. Enumerable.Range(0, timeSteps * batchSize).Select(_ => (2.0 * random.NextDouble()) - 1.0)],
        };
    }
}
