namespace GpuRnn.Training;

/// <summary>Sequences with a shorter sequence of labels each, whose places in time are not known.</summary>
public sealed class LabelledBatch : Batch
{
    /// <summary>The labels of each row, without blanks; a row may have none.</summary>
    public required IReadOnlyList<int[]> Labels { get; init; }
}
