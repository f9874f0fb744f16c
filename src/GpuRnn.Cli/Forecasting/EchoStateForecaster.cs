using System.Diagnostics;
using System.Globalization;
using GpuRnn.Cli.Configuration;
using GpuRnn.Devices;
using GpuRnn.Reservoirs;
using GpuRnn.Training;

namespace GpuRnn.Cli.Forecasting;

/// <summary>An echo state network that reads standardised values one after another and gives the change to the next one.</summary>
internal sealed class EchoStateForecaster : IForecastModel
{
    private readonly Device _device;
    private readonly ForecastConfiguration _configuration;
    private readonly SeriesScale _scale;
    private EchoStateNetwork _network;

    /// <summary>Draws the reservoir.</summary>
    /// <param name="device">Stays the caller's.</param>
    /// <param name="options">The network.</param>
    /// <param name="configuration">Gives the window.</param>
    /// <param name="scale">Between the unit of the data and the network's.</param>
    public EchoStateForecaster(Device device, EchoStateOptions options, ForecastConfiguration configuration, SeriesScale scale)
    {
        (_device, _configuration, _scale) = (device, configuration, scale);
        _network = new EchoStateNetwork(device, options);
    }

    /// <inheritdoc/>
    public string Name => $"{_configuration.Cell.ToUpperInvariant()} ({_network.Options.ReservoirSize})";

    /// <inheritdoc/>
    public string Key => _configuration.Cell;

    /// <summary>The washout, over which the state forgets its start of zeros, and the window.</summary>
    public int HistoryLength => _network.Options.Washout + _configuration.Window;

    /// <inheritdoc/>
    public double[] PredictNext(IReadOnlyList<ReadOnlyMemory<double>> histories)
    {
        int length = HistoryLength;
        double[] inputs = new double[length * histories.Count];
        for (int row = 0; row < histories.Count; row++)
        {
            ReadOnlySpan<double> recent = histories[row].Span[^length..];
            for (int t = 0; t < length; t++)
            {
                inputs[(t * histories.Count) + row] = _scale.Forward(recent[t]);
            }
        }

        _network.Reset();
        double[] changes = _network.Run(new ReservoirBatch(length, histories.Count) { Inputs = inputs });
        return [.. histories.Select((history, row) =>
            _scale.Back(_scale.Forward(history.Span[^1]) + changes[((length - 1) * histories.Count) + row]))];
    }

    /// <inheritdoc/>
    public string DescribeSchedule(int batchSize)
    {
        EchoStateOptions options = _network.Options;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"reservoir: {options.ReservoirSize} units, {options.Connectivity:P0} of their weights not zero, spectral radius {options.SpectralRadius}, leak rate {options.LeakRate}\n")
            + $"readout: {options.FeatureCount} weights by ridge regression in float64, one fit, so --epochs {_configuration.Epochs} asks for no more";
    }

    /// <inheritdoc/>
    public IForecastTraining CreateTraining(TimeSeries series, SeriesSplit split)
    {
        int needed = HistoryLength + 2;
        if (split.TrainEnd < needed)
        {
            throw new InputException(
                "--washout",
                $"{_network.Options.Washout} and --window {_configuration.Window} need at least {needed} training values, but '{series.Name}' leaves {split.TrainEnd}",
                "Pass a smaller --washout, or give a longer series");
        }

        double[] values = [.. series.Values.Take(split.ValidationEnd).Select(_scale.Forward)];
        return new Fitting(this, values, split);
    }

    /// <inheritdoc/>
    public void Save(string path)
    {
        _network.Save(path);
    }

    /// <inheritdoc/>
    public void Load(string path)
    {
        if (!File.Exists(path))
        {
            throw new InputException(path, "there is no such file, but a saved model is needed", "Check the path after --model");
        }

        EchoStateNetwork loaded = InputGuard.Run(() => EchoStateNetwork.Load(_device, path));
        if (loaded.Options != _network.Options || loaded.OutputWeights is null)
        {
            loaded.Dispose();
            throw new InputException(
                path, "the network was saved with other options than this run has, but must be of the same", "Pass the options of the run that saved it");
        }

        _network.Dispose();
        _network = loaded;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _network.Dispose();
    }

    private sealed class Fitting(EchoStateForecaster model, double[] values, SeriesSplit split) : IForecastTraining
    {
        /// <inheritdoc/>
        public TrainingResult Fit(IProgress<TrainingProgress> progress, Checkpoint? resume, CancellationToken cancellationToken)
        {
            Stopwatch clock = Stopwatch.StartNew();
            EchoStateNetwork network = model._network;
            double[] changes = [.. values.Skip(1).Zip(values, (next, value) => next - value)];
            int trained = split.TrainEnd - 1;
            try
            {
                network.Fit(new ReservoirBatch(trained) { Inputs = values[..trained], Targets = changes[..trained] });
            }
            catch (NotPositiveDefiniteException exception)
            {
                throw new InputException("--ridge", exception.Message.TrimEnd('.'), "Pass a larger --ridge");
            }

            network.Reset();
            double[] outputs = network.Run(new ReservoirBatch(changes.Length) { Inputs = values[..^1] });
            double train = MeanSquare(outputs, changes, network.Options.Washout, trained);
            double validation = MeanSquare(outputs, changes, trained, changes.Length);
            double speed = 1.0 / clock.Elapsed.TotalSeconds;
            progress.Report(new TrainingProgress(1, 1, 1, 1, train, validation, 0.0f, 0.0f, speed, clock.Elapsed, TimeSpan.Zero));
            return new TrainingResult(TrainingEnd.Completed, [new EpochResult(1, train, validation, 0.0f, 0.0f)], 1, clock.Elapsed);
        }

        /// <inheritdoc/>
        public void SaveCheckpoint(string path, string configuration)
        {
            throw new NotSupportedException("EchoStateForecaster: a fit of one step has nothing to continue, but a checkpoint was asked for. Start anew.");
        }

        private static double MeanSquare(double[] outputs, double[] truth, int from, int to)
        {
            return Enumerable.Range(from, to - from).Average(i => (outputs[i] - truth[i]) * (outputs[i] - truth[i]));
        }
    }
}
