using System.Text.Json;
using GpuRnn.Weights;

namespace GpuRnn.Reservoirs;

/// <summary>Echo state networks as safetensors: options as metadata, all weights in float64, W by its nonzero elements.</summary>
internal static class EchoStateFile
{
    private const string OptionsKey = "gpurnn.echo-state.options";
    private const string RowStarts = "reservoir.row_starts";
    private const string Columns = "reservoir.columns";
    private const string Values = "reservoir.values";
    private const string Input = "input.weight";
    private const string Feedback = "feedback.weight";
    private const string Bias = "reservoir.bias";
    private const string Output = "output.weight";

    public static void Write(string path, EchoStateOptions options, ReservoirWeights weights, double[]? outputWeights)
    {
        SparseMatrix recurrent = weights.RecurrentMatrix;
        int size = options.ReservoirSize;
        List<TensorEntry> entries =
        [
            TensorEntry.FromInt64s(RowStarts, [size + 1], Widen(recurrent.RowStarts)),
            TensorEntry.FromInt64s(Columns, [recurrent.Columns.Length], Widen(recurrent.Columns)),
            TensorEntry.FromDoubles(Values, [recurrent.Values.Length], recurrent.Values),
            TensorEntry.FromDoubles(Input, [size, options.InputSize], weights.InputArray),
            TensorEntry.FromDoubles(Feedback, [size, options.OutputSize], weights.FeedbackArray),
            TensorEntry.FromDoubles(Bias, [size], weights.BiasArray),
        ];
        if (outputWeights is not null)
        {
            entries.Add(TensorEntry.FromDoubles(Output, [options.OutputSize, options.FeatureCount], outputWeights));
        }

        SafetensorsWriter.Write(path, entries, new Dictionary<string, string> { [OptionsKey] = JsonSerializer.Serialize(options) });
    }

    public static (EchoStateOptions Options, ReservoirWeights Weights, double[]? OutputWeights) Read(string path)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        EchoStateOptions options = ReadOptions(file);
        int size = options.ReservoirSize;
        ReservoirWeights weights = new(
            ReadRecurrent(file, size),
            file.Get(Input, [size, options.InputSize]).ToDoubles(),
            file.Get(Feedback, [size, options.OutputSize]).ToDoubles(),
            file.Get(Bias, [size]).ToDoubles());
        double[]? output = file.Contains(Output) ? file.Get(Output, [options.OutputSize, options.FeatureCount]).ToDoubles() : null;
        return (options, weights, output);
    }

    private static EchoStateOptions ReadOptions(SafetensorsFile file)
    {
        if (!file.Metadata.TryGetValue(OptionsKey, out string? text))
        {
            throw new WeightsFileException(
                file.Path,
                $"EchoStateNetwork.Load: {file.Path} has no metadata \"{OptionsKey}\", but an echo state network's file is needed. Load a file that Save wrote.");
        }

        try
        {
            EchoStateOptions options = JsonSerializer.Deserialize<EchoStateOptions>(text) ?? throw new JsonException("they are null");
            options.Require();
            return options;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new WeightsFileException(
                file.Path,
                $"EchoStateNetwork.Load: the options in {file.Path} cannot be used ({exception.Message.TrimEnd('.')}), but those of a network are needed. "
                + "Save the network again.",
                exception);
        }
    }

    private static SparseMatrix ReadRecurrent(SafetensorsFile file, int size)
    {
        long[] starts = file.Get(RowStarts, [size + 1]).ToInt64s();
        long[] columns = file.Get(Columns).ToInt64s();
        double[] values = file.Get(Values, [columns.Length]).ToDoubles();
        bool isOrdered = starts[0] == 0 && starts[^1] == columns.Length && starts.Zip(starts.Skip(1)).All(pair => pair.First <= pair.Second);
        if (!isOrdered || columns.Any(column => column < 0 || column >= size))
        {
            throw new WeightsFileException(
                file.Path,
                $"EchoStateNetwork.Load: {RowStarts} and {Columns} in {file.Path} are no positions in a matrix of {size} rows, but must be. Save the network again.");
        }

        return new SparseMatrix(size, [.. starts.Select(start => (int)start)], [.. columns.Select(column => (int)column)], values);
    }

    private static long[] Widen(ReadOnlySpan<int> values)
    {
        return Array.ConvertAll(values.ToArray(), value => (long)value);
    }
}
