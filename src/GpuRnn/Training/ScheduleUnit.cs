namespace GpuRnn.Training;

/// <summary>What a schedule of learning rates counts.</summary>
public enum ScheduleUnit
{
    /// <summary>Passes over the training data.</summary>
    Epoch,

    /// <summary>Steps of the optimizer.</summary>
    Step,
}
