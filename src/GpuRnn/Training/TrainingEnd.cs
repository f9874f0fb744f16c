namespace GpuRnn.Training;

/// <summary>Why a training run ended.</summary>
public enum TrainingEnd
{
    /// <summary>All epochs asked for are done.</summary>
    Completed,

    /// <summary>The validation loss did not improve for the patience of early stopping.</summary>
    StoppedEarly,

    /// <summary>Cancellation was asked for; a checkpoint captured now continues the run.</summary>
    Cancelled,
}
