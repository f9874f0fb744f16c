using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

/// <summary>Keeps all reports and asks for cancellation after a number of steps.</summary>
internal sealed class StepCounter(int cancelAfter, CancellationTokenSource? source) : IProgress<TrainingProgress>
{
    public List<TrainingProgress> Reports { get; } = [];

    public void Report(TrainingProgress value)
    {
        Reports.Add(value);
        if (Reports.Count == cancelAfter)
        {
            source!.Cancel();
        }
    }
}
