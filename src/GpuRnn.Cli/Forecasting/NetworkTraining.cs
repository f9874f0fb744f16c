using GpuRnn.Cli.Configuration;
using GpuRnn.Training;

namespace GpuRnn.Cli.Forecasting;

/// <summary>Trains a <see cref="ForecastNetwork"/> on the training part, watching the validation part.</summary>
internal sealed class NetworkTraining : IForecastTraining
{
    private readonly Trainer _trainer;
    private readonly IBatchSource _train;
    private readonly IBatchSource _validation;

    /// <summary>Cuts the examples; nothing is trained yet.</summary>
    public NetworkTraining(
        ForecastNetwork network, ForecastConfiguration configuration, TimeSeries series, SeriesSplit split, SeriesScale scale)
    {
        _train = scale.Windows(series.Values, split.Window, split.Window, split.TrainEnd).ToBatches(configuration.BatchSize);
        _validation = scale.Windows(series.Values, split.Window, split.TrainEnd, split.ValidationEnd)
            .ToBatches(configuration.BatchSize, shuffle: false);
        Optimizer optimizer = Optimizers.Create(configuration.Optimizer, network.Model.Parameters, (float)configuration.LearningRate);
        TrainerOptions options = new()
        {
            Epochs = configuration.Epochs,
            ClipNorm = configuration.ClipNorm > 0 ? (float)configuration.ClipNorm : null,
            EarlyStopping = new EarlyStopping(configuration.Patience),
            Seed = (ulong)configuration.Seed,
        };
        _trainer = new Trainer(network.Model, optimizer, options);
    }

    /// <inheritdoc/>
    public TrainingResult Fit(IProgress<TrainingProgress> progress, Checkpoint? resume, CancellationToken cancellationToken)
    {
        return InputGuard.Run(() => _trainer.Fit(_train, _validation, progress, cancellationToken, resume));
    }

    /// <inheritdoc/>
    public void SaveCheckpoint(string path, string configuration)
    {
        Checkpoint checkpoint = _trainer.CaptureCheckpoint();
        NetworkCheckpoint.Attach(checkpoint, configuration);
        checkpoint.Save(path);
    }

    /// <summary>The losses of all epochs; none where nothing was trained.</summary>
    public static IReadOnlyList<EpochLosses> Losses(TrainingResult? result)
    {
        return result is null
            ? []
            : [.. result.Epochs.Select(epoch => new EpochLosses(
                epoch.Epoch, epoch.TrainLoss, epoch.ValidationLoss ?? double.NaN, epoch.LearningRate, epoch.GradientNorm))];
    }
}
