using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Serves batches from examples that lie in memory one after another, shuffled every epoch where wanted.</summary>
/// <remarks>
/// The last batch of an epoch is smaller where the batch size does not divide the number of examples. Buffers are reused.
/// </remarks>
public sealed class ArrayBatchSource : IBatchSource
{
    private readonly float[] _inputs;
    private readonly float[] _targets;
    private readonly int[] _classes;
    private readonly int _timeSteps;
    private readonly int _inputSize;
    private readonly int _targetSize;
    private readonly int _batchSize;
    private readonly bool _shuffle;
    private readonly int[] _order;
    private readonly Batch _full;
    private readonly Batch? _last;

    private ArrayBatchSource(
        float[] inputs,
        int timeSteps,
        int inputSize,
        float[] targets,
        int targetSize,
        int[] classes,
        int count,
        int batchSize,
        bool shuffle)
    {
        ArgumentCheck.AtLeast(timeSteps, 1, nameof(ArrayBatchSource), nameof(timeSteps), "the length of an example");
        ArgumentCheck.AtLeast(inputSize, 1, nameof(ArrayBatchSource), nameof(inputSize), "the values a time step");
        ArgumentCheck.AtLeast(batchSize, 1, nameof(ArrayBatchSource), nameof(batchSize), "the examples a batch");
        ArgumentCheck.AtLeast(count, 1, nameof(ArrayBatchSource), "the number of examples", "at least one example");
        if (inputs.LongLength != (long)count * timeSteps * inputSize)
        {
            throw new ArgumentException(
                $"ArrayBatchSource: inputs has {inputs.LongLength} values, but {count} examples of [T={timeSteps}, I={inputSize}] need "
                + $"{(long)count * timeSteps * inputSize}. Pass as many inputs as there are targets.",
                nameof(inputs));
        }

        (_inputs, _timeSteps, _inputSize) = (inputs, timeSteps, inputSize);
        (_targets, _targetSize, _classes) = (targets, targetSize, classes);
        (_batchSize, _shuffle) = (Math.Min(batchSize, count), shuffle);
        _order = new int[count];
        ResetOrder();
        _full = NewBatch(_batchSize);
        _last = count % _batchSize == 0 ? null : NewBatch(count % _batchSize);
    }

    /// <inheritdoc/>
    public int BatchCount => (_order.Length + _batchSize - 1) / _batchSize;

    /// <summary>Examples in all batches together.</summary>
    public int ExampleCount => _order.Length;

    /// <summary>Serves examples with values to predict.</summary>
    /// <param name="inputs">[N, T, I], one example after another; kept, not copied.</param>
    /// <param name="timeSteps">T.</param>
    /// <param name="inputSize">I.</param>
    /// <param name="targets">[N, targetSize]; kept, not copied.</param>
    /// <param name="targetSize">Values to predict for one example.</param>
    /// <param name="batchSize">Examples a batch; more than there are means all of them.</param>
    /// <param name="shuffle">False keeps the order of the arrays, as for validation.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together, or there is no example.</exception>
    public static ArrayBatchSource ForValues(
        float[] inputs, int timeSteps, int inputSize, float[] targets, int targetSize, int batchSize, bool shuffle = true)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentCheck.AtLeast(targetSize, 1, nameof(ArrayBatchSource), nameof(targetSize), "the values to predict for an example");
        if (targets.Length % targetSize != 0)
        {
            throw new ArgumentException(
                $"ArrayBatchSource: targets has {targets.Length} values, which targetSize {targetSize} does not divide. "
                + $"Pass {targetSize} values for each example.",
                nameof(targets));
        }

        int count = targets.Length / targetSize;
        return new ArrayBatchSource(inputs, timeSteps, inputSize, targets, targetSize, [], count, batchSize, shuffle);
    }

    /// <summary>Serves examples with one class each to predict.</summary>
    /// <param name="inputs">[N, T, I], one example after another; kept, not copied.</param>
    /// <param name="timeSteps">T.</param>
    /// <param name="inputSize">I.</param>
    /// <param name="classes">[N]; kept, not copied.</param>
    /// <param name="batchSize">Examples a batch; more than there are means all of them.</param>
    /// <param name="shuffle">False keeps the order of the arrays, as for validation.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together, or there is no example.</exception>
    public static ArrayBatchSource ForClasses(
        float[] inputs, int timeSteps, int inputSize, int[] classes, int batchSize, bool shuffle = true)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(classes);
        return new ArrayBatchSource(inputs, timeSteps, inputSize, [], 0, classes, classes.Length, batchSize, shuffle);
    }

    /// <inheritdoc/>
    public void StartEpoch(RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (_shuffle)
        {
            // From the plain order each time, so that the new order depends on the random source alone.
            ResetOrder();
            random.Shuffle(_order.AsSpan());
        }
    }

    /// <inheritdoc/>
    public Batch GetBatch(int index)
    {
        if ((uint)index >= (uint)BatchCount)
        {
            throw new ArgumentOutOfRangeException(
                nameof(index), $"ArrayBatchSource.GetBatch: index is {index}, but must be 0 to {BatchCount - 1}. Stop at BatchCount.");
        }

        Batch batch = index == BatchCount - 1 && _last is not null ? _last : _full;
        for (int row = 0; row < batch.SequenceCount; row++)
        {
            CopyExample(_order[(index * _batchSize) + row], row, batch);
        }

        return batch;
    }

    private void CopyExample(int example, int row, Batch batch)
    {
        for (int step = 0; step < _timeSteps; step++)
        {
            int from = ((example * _timeSteps) + step) * _inputSize;
            int to = ((step * batch.SequenceCount) + row) * _inputSize;
            _inputs.AsSpan(from, _inputSize).CopyTo(batch.Inputs.AsSpan(to));
        }

        if (_classes.Length > 0)
        {
            batch.Classes[row] = _classes[example];
        }
        else
        {
            _targets.AsSpan(example * _targetSize, _targetSize).CopyTo(batch.Targets.AsSpan(row * _targetSize));
        }
    }

    private Batch NewBatch(int count)
    {
        return new Batch
        {
            Inputs = new float[_timeSteps * count * _inputSize],
            InputShape = [_timeSteps, count, _inputSize],
            Targets = _classes.Length > 0 ? [] : new float[count * _targetSize],
            TargetShape = _classes.Length > 0 ? [0] : [count, _targetSize],
            Classes = _classes.Length > 0 ? new int[count] : [],
            SequenceCount = count,
        };
    }

    private void ResetOrder()
    {
        for (int i = 0; i < _order.Length; i++)
        {
            _order[i] = i;
        }
    }
}
