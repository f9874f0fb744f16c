namespace GpuRnn.Training;

/// <summary>A long sequence, or a batch of them, in consecutive pieces that need not be in memory at the same time.</summary>
public interface ISequenceChunks
{
    /// <summary>Pieces of the whole sequence, at least 1.</summary>
    int Count { get; }

    /// <summary>A piece: the same rows as all others, with the steps that follow those of the piece before.</summary>
    /// <param name="index">0 to <see cref="Count"/> − 1; asked for in ascending order and then in descending order.</param>
    /// <returns>
    /// Inputs and targets of its steps, the same each time; valid until the next call. One without targets has a <see cref="Batch.LossWeight"/> of 0;
    /// where only the end of the sequence has a target, the last piece holds it.
    /// </returns>
    Batch GetChunk(int index);
}
