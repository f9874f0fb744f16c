namespace GpuRnn.Training;

/// <summary>A batch of whole sequences as consecutive pieces.</summary>
/// <param name="batch">[T, B, …] in memory.</param>
/// <param name="steps">Steps of a piece; the last one may have fewer.</param>
internal sealed class BatchChunks(Batch batch, int steps) : ISequenceChunks
{
    /// <inheritdoc/>
    public int Count => (batch.InputShape[0] + steps - 1) / steps;

    /// <inheritdoc/>
    public Batch GetChunk(int index)
    {
        int start = index * steps;
        return TimeSlices.Slice(batch, start, Math.Min(steps, batch.InputShape[0] - start));
    }

    /// <summary>The pieces of √T steps each, for which kept and saved states are fewest together.</summary>
    public static int SquareRoot(int timeSteps)
    {
        return Math.Max(1, (int)Math.Ceiling(Math.Sqrt(timeSteps)));
    }
}
