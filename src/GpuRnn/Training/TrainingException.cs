namespace GpuRnn.Training;

/// <summary>Training diverged: a loss or a gradient is no longer a finite number. The weights are those before the step that failed.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>An error without a message of its own.</summary>
    public TrainingException()
    {
    }

    /// <summary>An error with a message in the project's form.</summary>
    public TrainingException(string message)
        : base(message)
    {
    }

    /// <summary>An error caused by another.</summary>
    public TrainingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
