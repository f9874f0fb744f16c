using GpuRnn.Devices.Cpu;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

/// <summary>What this assembly does when a test starts it as a process: trains with a checkpoint after every step, from the last one on.</summary>
internal static class TrainingProcess
{
    /// <summary>What the first step of a process prints, before its number in the whole run, counted from 1.</summary>
    public const string FirstStep = "first step: ";

    /// <summary>Steps of an epoch of that run.</summary>
    public const int StepsAnEpoch = 7;

    private const int Epochs = 8;

    /// <summary>The run that processes share.</summary>
    public static TrainerRun Create(CpuDevice device, string? checkpointPath)
    {
        return new TrainerRun(
            device,
            epochs: Epochs,
            optimizer: "nadam",
            schedule: new LinearWarmup(new Cosine(0.05f, Epochs * StepsAnEpoch, unit: ScheduleUnit.Step), 5),
            checkpointPath: checkpointPath,
            checkpointEverySteps: 1);
    }

    private static int Main(string[] arguments)
    {
        using CpuDevice device = TestDevice.Open();
        using TrainerRun run = Create(device, arguments[0]);
        TrainingResult result = run.Fit(new FirstStepReport(), resume: Checkpoint.LoadIfPresent(arguments[0]));
        return result.End == TrainingEnd.Completed ? 0 : 1;
    }

    private sealed class FirstStepReport : IProgress<TrainingProgress>
    {
        private bool _isReported;

        public void Report(TrainingProgress value)
        {
            if (!_isReported)
            {
                Console.WriteLine($"{FirstStep}{((value.Epoch - 1) * value.StepCount) + value.Step}");
                _isReported = true;
            }
        }
    }
}
