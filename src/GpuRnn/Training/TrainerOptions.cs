namespace GpuRnn.Training;

/// <summary>How long and how a <see cref="Trainer"/> trains.</summary>
public sealed class TrainerOptions
{
    /// <summary>Passes over the training data; 0 trains nothing.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Gradients whose global norm is above this are scaled down to it; null leaves them alone.</summary>
    public float? ClipNorm { get; init; }

    /// <summary>Sets the optimizer's rate at the start and after every epoch; null leaves the optimizer's own.</summary>
    public LearningRateSchedule? Schedule { get; init; }

    /// <summary>Ends the run when the validation loss stops falling and puts the best epoch's weights back; null runs all epochs.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>What is made small; the mean squared error unless told otherwise.</summary>
    public LossFunction Loss { get; init; } = Losses.MeanSquaredError;

    /// <summary>Decides the order of the training data.</summary>
    public ulong Seed { get; init; }
}
