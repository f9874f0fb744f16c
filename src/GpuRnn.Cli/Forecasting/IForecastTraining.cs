using GpuRnn.Training;

namespace GpuRnn.Cli.Forecasting;

/// <summary>The learning of an <see cref="IForecastModel"/>.</summary>
internal interface IForecastTraining
{
    /// <summary>Learns until done, stopped early or cancelled.</summary>
    /// <exception cref="InputException">The data or the checkpoint do not fit, or numbers are no longer finite.</exception>
    TrainingResult Fit(IProgress<TrainingProgress> progress, Checkpoint? resume, CancellationToken cancellationToken);

    /// <summary>Writes all that decides what a cancelled run would have done next, and the configuration.</summary>
    void SaveCheckpoint(string path, string configuration);
}
