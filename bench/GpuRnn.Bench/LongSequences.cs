using System.Diagnostics;
using System.Globalization;
using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Bench;

/// <summary>Device memory and time of a training step over one long sequence: kept whole, recomputed in pieces of √T, truncated.</summary>
/// <remarks><c>long-sequences [DEVICE]</c>. Gradients of the recomputed run that are not those of the whole one abort it.</remarks>
internal static class LongSequences
{
    /// <summary>The argument that chooses this benchmark.</summary>
    internal const string Verb = "long-sequences";

    private const int InputSize = 4;
    private const int HiddenSize = 32;
    private const int CheckSteps = 5000;
    private const int ChunkSteps = 100;

    internal static int Run(IReadOnlyList<string> arguments)
    {
        string id = arguments.Count == 0 ? DeviceCatalog.Auto : arguments[0];
        Check(id);
        Console.WriteLine($"{id}: LSTM I={InputSize} H={HiddenSize} and a dense layer, B=1, a target at every step");
        Console.WriteLine("| backpropagation | T | device bytes at the peak, without model and input | seconds | µs a step |\n|---|---:|---:|---:|---:|");
        foreach (int timeSteps in new[] { CheckSteps, 50_000 })
        {
            Print("through everything, kept", timeSteps, Measure(id, (model, peak) => Whole(model, timeSteps, peak)));
        }

        foreach (int timeSteps in new[] { CheckSteps, 50_000, 500_000 })
        {
            Print("through everything, recomputed in pieces of √T", timeSteps, Measure(id, (model, peak) => Recomputed(model, timeSteps, peak)));
        }

        foreach (int? stepsBack in new int?[] { null, 3 * ChunkSteps })
        {
            foreach (int timeSteps in new[] { 50_000, 500_000 })
            {
                string name = $"truncated, k₁ = {ChunkSteps}, k₂ = {stepsBack ?? ChunkSteps}";
                Print(name, timeSteps, Measure(id, (model, peak) => Truncated(model, timeSteps, stepsBack, peak)));
            }
        }

        return 0;
    }

    private static void Print(string name, int timeSteps, (long Bytes, double Seconds) result)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {name} | {timeSteps:N0} | {result.Bytes:N0} | {result.Seconds:0.00} | {result.Seconds * 1e6 / timeSteps:0.00} |"));
    }

    private static (long Bytes, double Seconds) Measure(string id, Action<Sequential, PeakBytes> run)
    {
        using Device device = DeviceCatalog.Open(id);
        using Sequential model = Model(device, isStateful: true);
        PeakBytes peak = new(device);
        long start = Stopwatch.GetTimestamp();
        run(model, peak);
        return (peak.Bytes, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static void Check(string id)
    {
        using Device device = DeviceCatalog.Open(id);
        using Sequential whole = Model(device, isStateful: false);
        using Sequential pieces = Model(device, isStateful: true);
        PeakBytes peak = new(device);
        Whole(whole, CheckSteps, peak);
        Recomputed(pieces, CheckSteps, peak);
        for (int i = 0; i < whole.Parameters.Count; i++)
        {
            float[] expected = whole.Parameters[i].Gradient.ToArray();
            float[] actual = pieces.Parameters[i].Gradient.ToArray();
            for (int element = 0; element < expected.Length; element++)
            {
                // Sums of 5000 rows in another order; the loss is a mean, so their terms add up to no more than a few units.
                double allowed = CheckSteps / (double)(1 << 24);
                if (!(Math.Abs(expected[element] - actual[element]) <= allowed))
                {
                    throw new InvalidOperationException(
                        $"{Verb}: gradient {element} of {whole.Parameters[i].Name} is {actual[element]} recomputed, but {expected[element]} in one pass, "
                        + $"and may differ by {allowed}. Find the mistake before measuring.");
                }
            }
        }
    }

    private static void Whole(Sequential model, int timeSteps, PeakBytes peak)
    {
        using Tape tape = new(model.Device);
        Batch batch = Piece(0, timeSteps);
        tape.Backward(Losses.MeanSquaredError(tape, model.Forward(tape, tape.Input(batch.Inputs, batch.InputShape)), batch));
        peak.Sample(batch.Inputs.Length * sizeof(float));
        tape.Reset();
        model.ResetState();
    }

    private static void Recomputed(Sequential model, int timeSteps, PeakBytes peak)
    {
        using RecomputedBackpropagation backpropagation = new(model, Losses.MeanSquaredError);
        backpropagation.Run(new StreamedPieces(timeSteps, (int)Math.Ceiling(Math.Sqrt(timeSteps))));
        peak.Sample(0);
    }

    private static void Truncated(Sequential model, int timeSteps, int? stepsBack, PeakBytes peak)
    {
        using Sgd optimizer = new(model.Parameters, 0.01f);
        Trainer trainer = new(model, optimizer, new TrainerOptions { Epochs = 1, StepsBack = stepsBack });
        trainer.Fit(new StreamedPieces(timeSteps, ChunkSteps), validation: null, peak);
    }

    private static Sequential Model(Device device, bool isStateful)
    {
        RandomSource random = new(1);
        RecurrentOptions options = new() { InputSize = InputSize, HiddenSize = HiddenSize, IsStateful = isStateful };
        return new Sequential(new Recurrent(device, Cells.Lstm, options, random), new Dense(device, HiddenSize, 1, random));
    }

    /// <summary>Steps of a series that nobody holds: each value follows from its number.</summary>
    private static Batch Piece(int start, int count)
    {
        float[] inputs = new float[count * InputSize];
        float[] targets = new float[count];
        for (int step = 0; step < count; step++)
        {
            for (int unit = 0; unit < InputSize; unit++)
            {
                inputs[(step * InputSize) + unit] = (float)Math.Sin((0.1 * (start + step)) + unit);
            }

            targets[step] = (float)Math.Sin(0.1 * (start + step - 3));
        }

        return new Batch
        {
            Inputs = inputs,
            InputShape = [count, 1, InputSize],
            Targets = targets,
            TargetShape = [count, 1, 1],
            SequenceCount = 1,
            LossWeight = count,
            Continues = [start > 0],
        };
    }

    private sealed class StreamedPieces(int timeSteps, int steps) : ISequenceChunks, IBatchSource
    {
        public int Count => (timeSteps + steps - 1) / steps;

        public int BatchCount => Count;

        public Batch GetChunk(int index)
        {
            return Piece(index * steps, Math.Min(steps, timeSteps - (index * steps)));
        }

        public Batch GetBatch(int index)
        {
            return GetChunk(index);
        }

        public void StartEpoch(RandomSource random)
        {
        }
    }

    private sealed class PeakBytes(Device device) : IProgress<TrainingProgress>
    {
        private readonly long _before = device.AllocatedBytes;

        public long Bytes { get; private set; }

        public void Report(TrainingProgress value)
        {
            Sample(0);
        }

        /// <summary>Pools and plans give nothing back during a step, so what is allocated at its end is its peak.</summary>
        public void Sample(long inputBytes)
        {
            Bytes = Math.Max(Bytes, device.AllocatedBytes - _before - inputBytes);
        }
    }
}
