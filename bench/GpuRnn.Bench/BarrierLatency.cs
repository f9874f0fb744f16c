using System.Globalization;
using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.KernelModel;

namespace GpuRnn.Bench;

/// <summary>How long blocks of one launch take to meet: the least that a step of a persistent loop can cost.</summary>
/// <remarks><c>barrier [DEVICE]</c>. A wrong count or number aborts it.</remarks>
internal static class BarrierLatency
{
    /// <summary>The argument that chooses this benchmark.</summary>
    internal const string Verb = "barrier";

    private const int GroupSize = 256;
    private const int Rounds = 20_000;
    private const int Repetitions = 7;
    private static readonly int[] s_blockCounts = [8, 32, 64, 132];

    internal static int Run(IReadOnlyList<string> arguments)
    {
        string id = arguments switch
        {
            [] => "cuda:0",
            [string only] => only,
            _ => throw new ArgumentException($"{Verb}: '{string.Join(' ', arguments)}' arrived, but one device was needed. Pass an id of 'gpurnn devices'."),
        };
        using Device device = DeviceCatalog.Open(id);
        Console.WriteLine(device);
        Write(device, s_blockCounts, Rounds, Console.Out);
        return 0;
    }

    /// <summary>Measures each count and writes a table; a count that the device cannot hold is a row with the reason.</summary>
    internal static void Write(Device device, IReadOnlyList<int> blockCounts, int rounds, TextWriter output)
    {
        output.WriteLine("| blocks | meet, µs | meet and hand on, µs | |");
        output.WriteLine("|---|---|---|---|");
        LoadedKernel kernel = device.Load(typeof(BarrierRounds).GetMethod(nameof(BarrierRounds.Meet))!);
        ResidentGroups most = kernel.MaxResidentGroups(GroupSize);
        foreach (int blocks in blockCounts)
        {
            output.WriteLine(blocks > most.Count
                ? $"| {blocks} | none | none | {most.Count} at most: {most.Reason} |"
                : string.Create(CultureInfo.InvariantCulture, $"| {blocks} | {Median(kernel, blocks, rounds, 0):0.000} | {Median(kernel, blocks, rounds, 1):0.000} | |"));
        }
    }

    private static double Median(LoadedKernel kernel, int blocks, int rounds, int handsOn)
    {
        using DeviceBuffer<int> counter = kernel.Device.Allocate<int>(1);
        using DeviceBuffer<int> numbers = kernel.Device.Allocate<int>(2 * blocks);
        double[] times = new double[Repetitions];
        for (int i = 0; i < times.Length; i++)
        {
            counter.Clear();
            using DeviceEvent start = kernel.Device.DefaultStream.Record();
            kernel.Launch(
                kernel.Device.DefaultStream, new KernelConfig(new Index1D(blocks), new Index1D(GroupSize)), counter.View, numbers.View, rounds, handsOn);
            using DeviceEvent end = kernel.Device.DefaultStream.Record();
            times[i] = end.Since(start).TotalMicroseconds / rounds;
            Check(counter, numbers, blocks, rounds, handsOn);
        }

        Array.Sort(times);
        return times[times.Length / 2];
    }

    private static void Check(DeviceBuffer<int> counter, DeviceBuffer<int> numbers, int blocks, int rounds, int handsOn)
    {
        int[] met = new int[1];
        counter.CopyTo(met);
        int[] held = new int[2 * blocks];
        numbers.CopyTo(held);
        bool isRight = met[0] == blocks * rounds;
        for (int block = 0; block < blocks && handsOn != 0; block++)
        {
            int first = (((block - (rounds - 1)) % blocks) + blocks) % blocks;
            isRight &= held[((rounds - 1) % 2 * blocks) + block] == first + rounds - 1;
        }

        if (!isRight)
        {
            throw new InvalidOperationException(
                $"{Verb}: {blocks} blocks met {met[0]} times and hold {string.Join(' ', held)}, but {rounds} rounds make {blocks * rounds}. The barrier is broken.");
        }
    }
}
