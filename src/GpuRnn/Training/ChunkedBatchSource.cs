using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Cuts the batches of another source along time, for truncated backpropagation through sequences that lie in memory.</summary>
/// <remarks>
/// Each batch of whole sequences becomes several of k₁ steps, one after another; in all but the first of them <see cref="Batch.Continues"/> is true
/// for every row, so that stateful layers go on. Targets of whole sequences go to the last piece.
/// </remarks>
public sealed class ChunkedBatchSource : IBatchSource
{
    private readonly IBatchSource _source;
    private readonly int _timeSteps;
    private readonly int _chunkSteps;
    private readonly int _chunks;

    /// <summary>Cuts every batch in the same number of pieces.</summary>
    /// <param name="source">Batches of whole sequences.</param>
    /// <param name="timeSteps">T of each of them.</param>
    /// <param name="chunkSteps">k₁, steps of a piece; the last of a sequence may have fewer.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public ChunkedBatchSource(IBatchSource source, int timeSteps, int chunkSteps)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentCheck.AtLeast(timeSteps, 1, nameof(ChunkedBatchSource), nameof(timeSteps), "the steps of a batch");
        ArgumentCheck.AtLeast(chunkSteps, 1, nameof(ChunkedBatchSource), nameof(chunkSteps), "the steps of a piece");
        (_source, _timeSteps, _chunkSteps) = (source, timeSteps, chunkSteps);
        _chunks = (timeSteps + chunkSteps - 1) / chunkSteps;
    }

    /// <inheritdoc/>
    public int BatchCount => checked(_source.BatchCount * _chunks);

    /// <inheritdoc/>
    public void StartEpoch(RandomSource random)
    {
        _source.StartEpoch(random);
    }

    /// <inheritdoc/>
    public Batch GetBatch(int index)
    {
        if ((uint)index >= (uint)BatchCount)
        {
            throw new ArgumentOutOfRangeException(
                nameof(index), $"ChunkedBatchSource.GetBatch: index is {index}, but must be 0 to {BatchCount - 1}. Stop at BatchCount.");
        }

        Batch whole = _source.GetBatch(index / _chunks);
        TimeSlices.RequireSteps(whole, "ChunkedBatchSource.GetBatch");
        if (whole.InputShape[0] != _timeSteps)
        {
            throw new InvalidOperationException(
                $"ChunkedBatchSource.GetBatch: batch {index / _chunks} has T={whole.InputShape[0]}, but all must have T={_timeSteps}. "
                + "Pad the sequences to one number of steps, or cut them to it.");
        }

        int start = index % _chunks * _chunkSteps;
        return TimeSlices.Slice(whole, start, Math.Min(_chunkSteps, _timeSteps - start));
    }
}
