using System.Globalization;
using System.Runtime.Intrinsics;
using GpuRnn.Cli.Benchmarking;
using GpuRnn.Devices.Cpu;
using GpuRnn.Simd.Gemm;
using GpuRnn.Simd.Lanes;
using GpuRnn.Simd.Sequences;

namespace GpuRnn.Bench;

/// <summary>From which size on two threads are faster than one: an LSTM's time loop on one thread, and on all with each split that its rows permit.</summary>
/// <remarks><c>crossover</c>. What the rule of the time loops chooses is marked.</remarks>
internal static class ThreadCrossover
{
    /// <summary>The argument that chooses this benchmark.</summary>
    internal const string Verb = "crossover";

    private const int TimeSteps = 100;
    private static readonly int[] s_sizes = [8, 16, 24, 32, 48, 64, 96, 128, 192, 256];
    private static readonly int[] s_rows = [1, 4, 16];

    internal static int Run()
    {
        Console.WriteLine($"{MachineLine.Text()}; LSTM, T={TimeSteps}, I=8, µs a step");
        Console.WriteLine("| B | H | multiply-adds a step | mode | one thread | threads own rows | threads own units | the rule's choice |\n|---:|---:|---:|---|---:|---:|---:|---:|");
        foreach (int rows in s_rows)
        {
            foreach (int size in s_sizes)
            {
                foreach (bool isTraining in new[] { false, true })
                {
                    Line(rows, size, isTraining);
                }
            }
        }

        return 0;
    }

    private static void Line(int rows, int size, bool isTraining)
    {
        LoopSplit?[] splits = [LoopSplit.Single, rows > 1 ? LoopSplit.BatchRows : null, LoopSplit.HiddenUnits];
        CpuDevice[] devices = [.. splits.Where(split => split is not null).Append(null).Select(Open)];
        List<RecurrentBenchmark> layers = [];
        try
        {
            foreach (CpuDevice device in devices)
            {
                layers.Add(new RecurrentBenchmark(device, LayerTurns.Request("lstm", TimeSteps, rows, 8, size, isTraining, device.Team.WorkerCount)));
                if (layers[^1].Check() is string difference)
                {
                    throw new InvalidOperationException($"{Verb}: {difference}. Nothing is timed before the result is right.");
                }
            }

            Queue<double> times = new(Turns.Medians([.. layers.Select(layer => (Action)layer.RunPass)]).Select(time => time * 1e3 / TimeSteps));
            string[] cells = [.. splits.Select(split => split is null ? "none" : Cell(times.Dequeue()))];
            Console.WriteLine($"| {rows} | {size} | {4 * size * size * rows:N0} | {(isTraining ? "training" : "inference")} | {string.Join(" | ", cells)} | {Cell(times.Dequeue())} |");
        }
        finally
        {
            layers.ForEach(layer => layer.Dispose());
            Array.ForEach(devices, device => device.Dispose());
        }
    }

    private static string Cell(double microseconds) => microseconds.ToString("0.00", CultureInfo.InvariantCulture);

    private static CpuDevice Open(LoopSplit? split)
    {
        CpuDevice device = new(new CpuDeviceOptions());
        if (Vector512.IsHardwareAccelerated)
        {
            Register<V512>(device, split);
        }
        else
        {
            Register<V256>(device, split);
        }

        return device;
    }

    private static void Register<TLane>(CpuDevice device, LoopSplit? split)
        where TLane : struct, IVectorLane<TLane>
    {
        device.Register(new SimdMatrixExecutor<TLane>(device));
        device.Register(new SimdSequenceExecutor<TLane>(device, split));
    }
}
