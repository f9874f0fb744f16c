using System.Globalization;
using GpuRnn.Training;

namespace GpuRnn.Samples;

/// <summary>A line at the end of each epoch, with the validation loss of the epoch before, which is known by then.</summary>
internal sealed class EpochLines(SampleRun run) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value)
    {
        if (value.Step < value.StepCount)
        {
            return;
        }

        string validation = value.ValidationLoss is double loss
            ? string.Create(CultureInfo.InvariantCulture, $", validation loss of epoch {value.Epoch - 1} {loss:0.0000}")
            : string.Empty;
        run.Say(string.Create(
            CultureInfo.InvariantCulture, $"epoch {value.Epoch} of {value.EpochCount}: loss {value.TrainLoss:0.0000}{validation}"));
    }
}
