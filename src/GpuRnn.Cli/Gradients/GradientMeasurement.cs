using GpuRnn.Cli.Configuration;
using GpuRnn.Cli.Forecasting;
using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Cli.Gradients;

/// <summary>Builds the network of a configuration, trains it where asked to, and records one pass.</summary>
internal static class GradientMeasurement
{
    private const int RecallExamples = 1024;

    /// <summary>Runs it.</summary>
    /// <param name="configuration">The network, the data (the task of recalling the first value where none is named), seed and device.</param>
    /// <param name="timeSteps">T.</param>
    /// <param name="trainingSteps">Steps of Adam before the measured pass.</param>
    /// <param name="cancellation">Looked at between steps.</param>
    public static GradientResult Run(ForecastConfiguration configuration, int timeSteps, int trainingSteps, CancellationToken cancellation)
    {
        using Device device = InputGuard.Run(() => DeviceCatalog.Open(configuration.Device));
        (IBatchSource source, SeriesScale scale, string task) = configuration.Data is null
            ? Recall(configuration, timeSteps)
            : Series(configuration, timeSteps);
        using ForecastNetwork network = InputGuard.Build(
            "gpurnn gradients", $"--hidden {configuration.Hidden}", () => new ForecastNetwork(device, configuration, scale));
        using Tape tape = new(device);
        Train(network.Model, source, configuration, trainingSteps, tape, cancellation);
        GradientRecorder recorder = new();
        network.Model.Modules.OfType<Recurrent>().Single().GradientRecorder = recorder;
        float loss = Pass(network.Model, source.GetBatch(0), tape);
        string options = configuration.CellOptions.ToString();
        return new GradientResult(
            options.Length == 0 ? configuration.Cell : $"{configuration.Cell}, {options}",
            task,
            timeSteps,
            source.GetBatch(0).SequenceCount,
            configuration.Hidden,
            configuration.Layers,
            configuration.Seed,
            trainingSteps,
            loss,
            device.ToString()!,
            recorder.Traces);
    }

    private static void Train(
        Sequential model, IBatchSource source, ForecastConfiguration configuration, int steps, Tape tape, CancellationToken cancellation)
    {
        using Adam optimizer = new(model.Parameters, (float)configuration.LearningRate);
        RandomSource order = new((ulong)configuration.Seed);
        for (int step = 0; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (step % source.BatchCount == 0)
            {
                source.StartEpoch(order);
            }

            optimizer.ZeroGradients();
            Pass(model, source.GetBatch(step % source.BatchCount), tape);
            if (configuration.ClipNorm > 0)
            {
                GradientClipping.ByGlobalNorm(model.Parameters, (float)configuration.ClipNorm);
            }

            optimizer.Step();
        }
    }

    private static float Pass(Sequential model, Batch batch, Tape tape)
    {
        Tensor loss = Losses.MeanSquaredError(tape, model.Forward(tape, tape.Input(batch.Inputs, batch.InputShape)), batch);
        tape.Backward(loss);
        float value = loss.Item();
        tape.Reset();
        return value;
    }

    private static (IBatchSource Source, SeriesScale Scale, string Task) Recall(ForecastConfiguration configuration, int timeSteps)
    {
        RandomSource random = new((ulong)configuration.Seed + 1);
        float[] inputs = new float[RecallExamples * timeSteps];
        float[] targets = new float[RecallExamples];
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = random.NextUniform(-1.0f, 1.0f);
        }

        for (int example = 0; example < targets.Length; example++)
        {
            targets[example] = inputs[example * timeSteps];
        }

        ArrayBatchSource source = ArrayBatchSource.ForValues(inputs, timeSteps, 1, targets, 1, configuration.BatchSize);
        return (source, SeriesScale.Identity, $"recall the first of {timeSteps} random values after the last");
    }

    private static (IBatchSource Source, SeriesScale Scale, string Task) Series(ForecastConfiguration configuration, int timeSteps)
    {
        TimeSeries series = SeriesReader.Read(configuration.Data, configuration.Column, timeColumn: null);
        if (series.Values.Length <= timeSteps)
        {
            throw new InputException(
                "--time", $"{timeSteps} arrived, but '{series.Name}' has {series.Values.Length} values and one more than that is needed", "Pass a smaller --time");
        }

        SeriesScale scale = SeriesScale.Fit(series, series.Values.Length, "none");
        IBatchSource source = scale.Windows(series.Values, timeSteps, timeSteps, series.Values.Length).ToBatches(configuration.BatchSize);
        return (source, scale, $"the next value of {series.ColumnName} in {Path.GetFileName(series.Name)}");
    }
}
