namespace GpuRnn.Training;

/// <summary>Where a training run stands after one step or at the end of an epoch.</summary>
/// <param name="Epoch">The epoch in progress, counted from 1.</param>
/// <param name="EpochCount">The epochs asked for.</param>
/// <param name="Step">Steps done in this epoch.</param>
/// <param name="StepCount">Steps of one epoch.</param>
/// <param name="TrainLoss">Mean loss of this epoch's sequences so far.</param>
/// <param name="ValidationLoss">
/// Mean loss on the validation data after the last full epoch; null before the first or without such data.
/// </param>
/// <param name="LearningRate">The rate of this step.</param>
/// <param name="GradientNorm">The global norm of the step's gradients before they are clipped by it, after any clipping by element and by parameter.</param>
/// <param name="SequencesPerSecond">Training speed since the run was started or resumed.</param>
/// <param name="Elapsed">Time spent, that of the interrupted run included.</param>
/// <param name="Remaining">An estimate from the mean step time, early stopping not foreseen; null before it can be made.</param>
public sealed record TrainingProgress(
    int Epoch,
    int EpochCount,
    int Step,
    int StepCount,
    double TrainLoss,
    double? ValidationLoss,
    float LearningRate,
    float GradientNorm,
    double SequencesPerSecond,
    TimeSpan Elapsed,
    TimeSpan? Remaining);
