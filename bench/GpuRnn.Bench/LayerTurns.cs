using GpuRnn.Cli.Benchmarking;
using GpuRnn.Devices;

namespace GpuRnn.Bench;

/// <summary>Layers side by side in one run: each is held against the double-precision reference, then they take turns.</summary>
internal static class LayerTurns
{
    /// <summary>Checks and times.</summary>
    /// <param name="device">Where they run; a request's own device and threads are not looked at.</param>
    /// <param name="requests">The layers.</param>
    /// <returns>Of each, the median milliseconds of a pass and the operations of its products.</returns>
    /// <exception cref="InvalidOperationException">A result is wrong.</exception>
    internal static (double Milliseconds, double Operations)[] Measure(Device device, IReadOnlyList<BenchmarkRequest> requests)
    {
        List<RecurrentBenchmark> layers = [];
        try
        {
            foreach (BenchmarkRequest request in requests)
            {
                RecurrentBenchmark layer = new(device, request);
                layers.Add(layer);
                if (layer.Check() is string difference)
                {
                    throw new InvalidOperationException($"{request.Cell}: {difference}. Nothing is timed before the result is right.");
                }
            }

            double[] milliseconds = Turns.Medians([.. layers.Select(layer => (Action)layer.RunPass)]);
            return [.. layers.Select((layer, i) => (milliseconds[i], layer.OperationsPerPass))];
        }
        finally
        {
            layers.ForEach(layer => layer.Dispose());
        }
    }

    /// <summary>A plain layer of a cell.</summary>
    internal static BenchmarkRequest Request(string cell, int timeSteps, int batchSize, int inputSize, int hiddenSize, bool isTraining, int threads) =>
        new("cpu", cell, inputSize, hiddenSize, batchSize, timeSteps, isTraining, "fp32", threads);
}
