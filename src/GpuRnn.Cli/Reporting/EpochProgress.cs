using GpuRnn.Training;

namespace GpuRnn.Cli.Reporting;

/// <summary>Passes on one report an epoch, completed with the epoch's own validation loss, which is known only afterwards.</summary>
/// <param name="report">Receives the completed epochs.</param>
internal sealed class EpochProgress(Action<TrainingProgress> report) : IProgress<TrainingProgress>
{
    private TrainingProgress? _last;

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        if (_last is not null && value.Epoch != _last.Epoch)
        {
            report(_last with { ValidationLoss = value.ValidationLoss });
        }

        _last = value;
    }

    /// <summary>Passes on the last epoch, once training is over.</summary>
    public void Complete(TrainingResult result)
    {
        if (_last is not null && result.Epochs.Count == _last.Epoch)
        {
            report(_last with { ValidationLoss = result.Epochs[^1].ValidationLoss });
        }
    }
}
