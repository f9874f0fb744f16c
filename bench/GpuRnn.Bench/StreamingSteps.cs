using System.Diagnostics;
using System.Globalization;
using GpuRnn.Composition;
using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Sequences;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Simd;
using GpuRnn.Tensors;

namespace GpuRnn.Bench;

/// <summary>How long one step of a stream takes: an LSTM of H = I, one row, through <see cref="StreamingModel"/>.</summary>
/// <remarks><c>streaming [THREADS]</c>. Outputs that differ in a bit from those of the whole sequence abort it.</remarks>
internal static class StreamingSteps
{
    /// <summary>The argument that chooses this benchmark.</summary>
    internal const string Verb = "streaming";

    private const int CheckedSteps = 8;
    private const int Rounds = 9;

    internal static int Run(IReadOnlyList<string> arguments)
    {
        int threads = Arguments.Threads(Verb, arguments);
        using CpuDevice device = (CpuDevice)DeviceCatalog.Open("cpu", threads);
        double third = BandwidthMeasurement.MeasureGigabytes(device.Team, Roofline.ThirdLevelBytes(device));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{MachineLine.Text()}, {threads} threads; third level {third:0} GB/s"));
        Console.WriteLine(
            "| H = I | weights, KiB | µs a step | GB/s of weights | weights of BFloat16, µs a step | GB/s of weights | bytes allocated a step |\n|---:|---:|---:|---:|---:|---:|---:|");
        foreach (int size in new[] { 8, 16, 32, 64, 128, 256, 512 })
        {
            double microseconds = Measure(device, size, ProductPrecision.Single, out long bytes);
            double rounded = Measure(device, size, ProductPrecision.BFloat16, out long roundedBytes);
            double weights = 8.0 * size * size * sizeof(float);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {size} | {weights / 1024:0} | {microseconds:0.00} | {weights / microseconds / 1e3:0} | {rounded:0.00} | {weights / 2 / rounded / 1e3:0} | {bytes + roundedBytes} |"));
        }

        return 0;
    }

    // The median of rounds of many steps each, once the runtime has compiled everything for good.
    private static double Measure(CpuDevice device, int size, ProductPrecision precision, out long bytes)
    {
        RecurrentOptions options = new() { InputSize = size, HiddenSize = size, IsStateful = true, Precision = precision };
        using Recurrent layer = new(device, Cells.Lstm, options, new RandomSource(1));
        float[] input = new float[CheckedSteps * size];
        RandomSource random = new(2);
        for (int i = 0; i < input.Length; i++)
        {
            input[i] = random.NextUniform(-1.0f, 1.0f);
        }

        float[] expected = Whole(layer, input, size);
        using StreamingModel stream = new(layer, 1, size);
        for (int step = 0; step < CheckedSteps; step++)
        {
            if (!stream.Step(input.AsSpan(step * size, size)).SequenceEqual(expected.AsSpan(step * size, size)))
            {
                throw new InvalidOperationException($"{Verb}: H={size}: step {step} differs from the whole sequence's. Nothing was timed.");
            }
        }

        Stopwatch watch = Stopwatch.StartNew();
        while (watch.ElapsedMilliseconds < 1500)
        {
            stream.Step(input.AsSpan(0, size));
        }

        int steps = Math.Max(100, 4_000_000 / (size * size));
        double[] rounds = new double[Rounds];
        bytes = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < Rounds; round++)
        {
            watch.Restart();
            for (int step = 0; step < steps; step++)
            {
                stream.Step(input.AsSpan(0, size));
            }

            rounds[round] = watch.Elapsed.TotalMicroseconds / steps;
        }

        bytes = (GC.GetAllocatedBytesForCurrentThread() - bytes) / (Rounds * steps);
        Array.Sort(rounds);
        return rounds[Rounds / 2];
    }

    private static float[] Whole(Recurrent layer, float[] input, int size)
    {
        using Tape tape = Tape.Inference(layer.Device);
        layer.Evaluate();
        return layer.Forward(tape, tape.Input(input, CheckedSteps, 1, size), initial: null, mask: null).Output.ToArray();
    }
}
