using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Serves pairs of token sequences that lie in memory, such as sentences and their translations, in batches of similar lengths.</summary>
/// <remarks>
/// Every target gets an end token behind it and is shifted by a start token for the decoder's inputs. Padding is token 0 with a class of
/// <see cref="Losses.DefaultIgnoreIndex"/>; the masks say where. Pairs of a bucket are sorted by the target's length, then the source's, because the output layer
/// computes every step of a target. The order of an epoch depends on the random source alone.
/// </remarks>
public sealed class SequencePairBatchSource : IBatchSource
{
    private readonly int[][] _sources;
    private readonly int[][] _targets;
    private readonly int _startToken;
    private readonly int _endToken;
    private readonly SequenceBatchOptions _options;
    private readonly int _batchSize;
    private readonly int[] _order;
    private readonly int[] _batchOrder;

    /// <summary>Keeps the sequences, without a copy.</summary>
    /// <param name="sources">Tokens of each source, at least one.</param>
    /// <param name="targets">Tokens of each target, without start and end.</param>
    /// <param name="startToken">What stands before every target.</param>
    /// <param name="endToken">What stands behind every target.</param>
    /// <param name="options">How batches are made; shorter sequences are filled up on the right.</param>
    /// <exception cref="ArgumentException">There is no pair, a source without a target, an empty source, or padding on the left is asked for.</exception>
    public SequencePairBatchSource(
        IReadOnlyList<int[]> sources, IReadOnlyList<int[]> targets, int startToken, int endToken, SequenceBatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(options);
        const string Where = nameof(SequencePairBatchSource);
        ArgumentCheck.AtLeast(sources.Count, 1, Where, "the number of pairs", "at least one pair");
        ArgumentCheck.AtLeast(options.BatchSize, 1, Where, nameof(options.BatchSize), "the pairs a batch");
        ArgumentCheck.AtLeast(options.BatchesPerBucket, 1, Where, nameof(options.BatchesPerBucket), "the batches that are sorted together");
        ArgumentCheck.AtLeast(options.TimeStepMultiple, 1, Where, nameof(options.TimeStepMultiple), "what T is to be a multiple of");
        if (sources.Count != targets.Count)
        {
            throw new ArgumentException($"{Where}: {sources.Count} sources and {targets.Count} targets arrived, but each source needs one target. Pass as many.", nameof(targets));
        }

        if (options.Padding != PaddingSide.Right)
        {
            throw new ArgumentException($"{Where}: padding on the left was asked for, but a decoder begins at step 0. Pad on the right.", nameof(options));
        }

        int empty = sources.ToList().FindIndex(source => source.Length == 0);
        if (empty >= 0)
        {
            throw new ArgumentException($"{Where}: source {empty} has no token, but at least one is needed. Leave the pair out.", nameof(sources));
        }

        (_sources, _targets, _startToken, _endToken, _options) = ([.. sources], [.. targets], startToken, endToken, options);
        _batchSize = Math.Min(options.BatchSize, _sources.Length);
        _order = new int[_sources.Length];
        _batchOrder = new int[(_sources.Length + _batchSize - 1) / _batchSize];
        Arrange(random: null);
    }

    /// <inheritdoc/>
    public int BatchCount => _batchOrder.Length;

    /// <inheritdoc/>
    public void StartEpoch(RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (_options.Shuffle)
        {
            Arrange(random);
        }
    }

    /// <summary>The batch at a position of the present epoch's order.</summary>
    /// <param name="index">0 to <see cref="BatchCount"/> − 1.</param>
    /// <returns>A <see cref="SequencePairBatch"/>.</returns>
    public Batch GetBatch(int index)
    {
        if ((uint)index >= (uint)BatchCount)
        {
            throw new ArgumentOutOfRangeException(
                nameof(index), $"SequencePairBatchSource.GetBatch: index is {index}, but must be 0 to {BatchCount - 1}. Stop at BatchCount.");
        }

        int first = _batchOrder[index] * _batchSize;
        int[] pairs = _order[first..Math.Min(first + _batchSize, _order.Length)];
        int[] sourceLengths = Array.ConvertAll(pairs, pair => _sources[pair].Length);
        int[] targetLengths = Array.ConvertAll(pairs, pair => _targets[pair].Length + 1);
        (int s, int t) = (Steps(sourceLengths), Steps(targetLengths));
        float[] inputs = new float[s * pairs.Length];
        float[] targetInputs = new float[t * pairs.Length];
        int[] classes = new int[targetInputs.Length];
        Array.Fill(classes, Losses.DefaultIgnoreIndex);
        for (int row = 0; row < pairs.Length; row++)
        {
            FillSource(inputs, row, pairs.Length, _sources[pairs[row]]);
            FillTarget(targetInputs, classes, row, pairs.Length, _targets[pairs[row]]);
        }

        return new SequencePairBatch
        {
            Inputs = inputs,
            InputShape = [s, pairs.Length],
            Mask = SequenceMask.FromLengths(s, sourceLengths),
            TargetInputs = targetInputs,
            TargetMask = SequenceMask.FromLengths(t, targetLengths),
            Classes = classes,
            SequenceCount = pairs.Length,
            LossWeight = targetLengths.Sum(),
        };
    }

    private static void FillSource(float[] inputs, int row, int batchSize, int[] source)
    {
        for (int step = 0; step < source.Length; step++)
        {
            inputs[(step * batchSize) + row] = source[step];
        }
    }

    private void FillTarget(float[] inputs, int[] classes, int row, int batchSize, int[] target)
    {
        for (int step = 0; step <= target.Length; step++)
        {
            int place = (step * batchSize) + row;
            inputs[place] = step == 0 ? _startToken : target[step - 1];
            classes[place] = step == target.Length ? _endToken : target[step];
        }
    }

    private int Steps(int[] lengths)
    {
        return (lengths.Max() + _options.TimeStepMultiple - 1) / _options.TimeStepMultiple * _options.TimeStepMultiple;
    }

    // Always from the order in which the pairs arrived, so that an epoch does not depend on earlier ones.
    private void Arrange(RandomSource? random)
    {
        for (int i = 0; i < _order.Length; i++)
        {
            _order[i] = i;
        }

        random?.Shuffle(_order.AsSpan());
        int bucket = (int)Math.Min((long)_batchSize * _options.BatchesPerBucket, _order.Length);
        for (int first = 0; _options.BatchesPerBucket > 1 && first < _order.Length; first += bucket)
        {
            // The number of a pair decides between equal lengths, so that the order does not depend on the sort.
            _order.AsSpan(first, Math.Min(bucket, _order.Length - first)).Sort((left, right) => Length(left).CompareTo(Length(right)));
        }

        for (int i = 0; i < _batchOrder.Length; i++)
        {
            _batchOrder[i] = i;
        }

        random?.Shuffle(_batchOrder.AsSpan());
    }

    private (int Target, int Source, int Pair) Length(int pair)
    {
        return (_targets[pair].Length, _sources[pair].Length, pair);
    }
}
