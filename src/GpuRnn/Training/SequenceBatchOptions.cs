namespace GpuRnn.Training;

/// <summary>How a <see cref="SequenceBatchSource"/> makes batches of sequences of different lengths.</summary>
public sealed class SequenceBatchOptions
{
    /// <summary>Sequences a batch; more than there are means all of them.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>False keeps the order in which the sequences arrived, as for validation.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>
    /// Batches whose sequences are sorted by length before they are cut, so that those of a batch are of similar length; 1 sorts nothing.
    /// </summary>
    /// <remarks>
    /// Absent steps cost nothing in recurrent layers wherever they stand, but they do in all others. The more batches are sorted together, the
    /// less padding there is, and the less random are the batches; the order of the batches is shuffled in any case.
    /// </remarks>
    public int BatchesPerBucket { get; init; } = 1;

    /// <summary>Where shorter sequences are filled up.</summary>
    public PaddingSide Padding { get; init; }

    /// <summary>T of every batch is a multiple of this, so that fewer different shapes arise.</summary>
    public int TimeStepMultiple { get; init; } = 1;
}
