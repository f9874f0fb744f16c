using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Data;

/// <summary>Serves sequences of different lengths from memory in batches of nearly equal ones, shuffled every epoch.</summary>
/// <remarks>
/// An epoch shuffles all sequences, sorts each run of <c>bucketBatches</c> batches by length, cuts the run into batches and shuffles the batches.
/// Padding is then rare, and yet every epoch's batches differ. Batches are padded on the right and carry a mask.
/// </remarks>
public sealed class BucketedBatchSource : IBatchSource
{
    private readonly SequenceExample[] _examples;
    private readonly PredictionForm _form;
    private readonly int _batchSize;
    private readonly int _bucketBatches;
    private readonly bool _shuffle;
    private readonly int[] _order;
    private readonly int[] _batches;

    /// <summary>Takes the sequences and sorts them into batches as for an epoch without shuffling: by length.</summary>
    /// <param name="examples">At least one, each with at least one step.</param>
    /// <param name="form">What classes and values belong to.</param>
    /// <param name="batchSize">Sequences a batch, at least 1; the last of an epoch may have fewer.</param>
    /// <param name="shuffle">False serves all sequences by length, as for validation.</param>
    /// <param name="bucketBatches">Batches that are sorted by length together, at least 1; 1 sorts nothing and pads most.</param>
    /// <exception cref="ArgumentException">There is no example, or one is empty.</exception>
    public BucketedBatchSource(
        IEnumerable<SequenceExample> examples, PredictionForm form, int batchSize, bool shuffle = true, int bucketBatches = 32)
    {
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentCheck.AtLeast(batchSize, 1, nameof(BucketedBatchSource), nameof(batchSize), "the sequences a batch");
        ArgumentCheck.AtLeast(bucketBatches, 1, nameof(BucketedBatchSource), nameof(bucketBatches), "the batches a bucket");
        _examples = [.. examples];
        ArgumentCheck.AtLeast(_examples.Length, 1, nameof(BucketedBatchSource), "the number of examples", "at least one example");
        (_form, _batchSize, _shuffle, _bucketBatches) = (form, batchSize, shuffle, bucketBatches);
        _order = [.. Enumerable.Range(0, _examples.Length)];
        _batches = [.. Enumerable.Range(0, BatchCount)];
        SortByLength(_order);
    }

    /// <inheritdoc/>
    public int BatchCount => (_examples.Length + _batchSize - 1) / _batchSize;

    /// <summary>The sequences in the order of the present epoch's batches: row b of batch i is number i · batchSize + b.</summary>
    public IReadOnlyList<SequenceExample> Examples => [.. Enumerable.Range(0, BatchCount).SelectMany(Members)];

    /// <inheritdoc/>
    public void StartEpoch(RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (!_shuffle)
        {
            return;
        }

        // From the plain order each time, so that the new order depends on the random source alone.
        for (int i = 0; i < _order.Length; i++)
        {
            _order[i] = i;
        }

        for (int i = 0; i < _batches.Length; i++)
        {
            _batches[i] = i;
        }

        random.Shuffle(_order.AsSpan());
        int bucket = _batchSize * _bucketBatches;
        for (int start = 0; _bucketBatches > 1 && start < _order.Length; start += bucket)
        {
            SortByLength(_order.AsSpan(start, Math.Min(bucket, _order.Length - start)));
        }

        // A smaller last batch stays where its sequences are, so only whole ones change places.
        random.Shuffle(_batches.AsSpan(0, _order.Length / _batchSize));
    }

    /// <inheritdoc/>
    public Batch GetBatch(int index)
    {
        if ((uint)index >= (uint)BatchCount)
        {
            throw new ArgumentOutOfRangeException(
                nameof(index), $"BucketedBatchSource.GetBatch: index is {index}, but must be 0 to {BatchCount - 1}. Stop at BatchCount.");
        }

        return PaddedBatch.Create([.. Members(index)], _form, "BucketedBatchSource.GetBatch");
    }

    private IEnumerable<SequenceExample> Members(int index)
    {
        int start = _batches[index] * _batchSize;
        return _order.Skip(start).Take(_batchSize).Select(number => _examples[number]);
    }

    // Stable, by the place in the order before: the same input gives the same order everywhere.
    private void SortByLength(Span<int> order)
    {
        long[] keys = new long[order.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = ((long)_examples[order[i]].TimeSteps << 32) | (uint)i;
        }

        keys.AsSpan().Sort(order);
    }
}
