using System.Globalization;
using GpuRnn.Training;

namespace GpuRnn.Cli.Reporting;

/// <summary>A training run's position as one line of text.</summary>
internal static class ProgressLine
{
    /// <summary>Epoch, step, losses, learning rate, gradient norm, speed, elapsed time and the time left if no early stop comes.</summary>
    public static string Format(TrainingProgress progress)
    {
        string validation = progress.ValidationLoss is double loss ? Number(loss) : "-";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {progress.Epoch}/{progress.EpochCount}  step {progress.Step}/{progress.StepCount}  loss {Number(progress.TrainLoss)}  "
            + $"val {validation}  lr {progress.LearningRate:0.######}  grad {progress.GradientNorm:0.00}  "
            + $"{progress.SequencesPerSecond:0} seq/s  {Time(progress.Elapsed)}  ETA {(progress.Remaining is TimeSpan left ? Time(left) : "-")}");
    }

    private static string Number(double value)
    {
        return value.ToString("0.0000", CultureInfo.InvariantCulture);
    }

    private static string Time(TimeSpan time)
    {
        return time.TotalHours >= 1 ? time.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture) : time.ToString(@"m\:ss", CultureInfo.InvariantCulture);
    }
}
