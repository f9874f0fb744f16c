using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Serves batches of sequences of different lengths that lie in memory, padded to the longest of their batch, with a mask.</summary>
/// <remarks>
/// What is padded is 0, with classes of <see cref="Losses.DefaultIgnoreIndex"/>; the mask says where. The order of an epoch depends on the random
/// source alone. Buffers are kept for each T, so that an epoch of seen shapes allocates little.
/// </remarks>
public sealed class SequenceBatchSource : IBatchSource
{
    private readonly float[][] _inputs;
    private readonly int[] _lengths;
    private readonly int _inputSize;
    private readonly SequenceTargets _targets;
    private readonly SequenceBatchOptions _options;
    private readonly int _batchSize;
    private readonly int[] _order;
    private readonly int[] _batchOrder;
    private readonly Dictionary<(int TimeSteps, int Count), SequenceBuffers> _buffers = [];

    private SequenceBatchSource(float[][] inputs, int inputSize, SequenceTargets targets, SequenceBatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentCheck.AtLeast(inputs.Length, 1, nameof(SequenceBatchSource), "the number of sequences", "at least one sequence");
        ArgumentCheck.AtLeast(options.BatchSize, 1, nameof(SequenceBatchSource), nameof(options.BatchSize), "the sequences a batch");
        ArgumentCheck.AtLeast(
            options.BatchesPerBucket, 1, nameof(SequenceBatchSource), nameof(options.BatchesPerBucket), "the batches that are sorted together");
        ArgumentCheck.AtLeast(
            options.TimeStepMultiple, 1, nameof(SequenceBatchSource), nameof(options.TimeStepMultiple), "what T is to be a multiple of");
        (_inputs, _inputSize, _targets, _options) = (inputs, inputSize, targets, options);
        _lengths = [.. inputs.Select((input, sequence) => RequireLength(input, sequence, Math.Max(1, inputSize)))];
        RequireTargets();
        _batchSize = Math.Min(options.BatchSize, inputs.Length);
        _order = new int[inputs.Length];
        _batchOrder = new int[(inputs.Length + _batchSize - 1) / _batchSize];
        Arrange(random: null);
    }

    /// <inheritdoc/>
    public int BatchCount => _batchOrder.Length;

    /// <summary>Sequences in all batches together.</summary>
    public int SequenceCount => _inputs.Length;

    /// <summary>Serves sequences of vectors with one class each.</summary>
    /// <param name="inputs">For each sequence, [length, I]; kept, not copied. One without a step is allowed.</param>
    /// <param name="inputSize">I.</param>
    /// <param name="classes">The class of each sequence.</param>
    /// <param name="options">How batches are made.</param>
    /// <exception cref="ArgumentException">The numbers do not fit together, or there is no sequence.</exception>
    public static SequenceBatchSource ForClasses(IReadOnlyList<float[]> inputs, int inputSize, int[] classes, SequenceBatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(classes);
        return Create(inputs, inputSize, new SequenceTargets([.. classes.Select(one => new[] { one })], null, 1, IsPerStep: false), options);
    }

    /// <summary>Serves sequences of tokens with one class each; inputs are [T, B].</summary>
    /// <inheritdoc cref="ForClasses(IReadOnlyList{float[]}, int, int[], SequenceBatchOptions)"/>
    public static SequenceBatchSource ForClasses(IReadOnlyList<int[]> tokens, int[] classes, SequenceBatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(classes);
        return Create(Tokens(tokens), 0, new SequenceTargets([.. classes.Select(one => new[] { one })], null, 1, IsPerStep: false), options);
    }

    /// <summary>Serves sequences of vectors with a class for each step.</summary>
    /// <param name="inputs">For each sequence, [length, I]; kept, not copied. One without a step is allowed.</param>
    /// <param name="inputSize">I.</param>
    /// <param name="classes">For each sequence, one class a step; <see cref="Losses.DefaultIgnoreIndex"/> where a target is absent.</param>
    /// <param name="options">How batches are made.</param>
    /// <exception cref="ArgumentException">The numbers do not fit together, or there is no sequence.</exception>
    public static SequenceBatchSource ForStepClasses(
        IReadOnlyList<float[]> inputs, int inputSize, IReadOnlyList<int[]> classes, SequenceBatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(classes);
        return Create(inputs, inputSize, new SequenceTargets([.. classes], null, 1, IsPerStep: true), options);
    }

    /// <summary>Serves sequences of tokens with a class for each step; inputs are [T, B].</summary>
    /// <inheritdoc cref="ForStepClasses(IReadOnlyList{float[]}, int, IReadOnlyList{int[]}, SequenceBatchOptions)"/>
    public static SequenceBatchSource ForStepClasses(IReadOnlyList<int[]> tokens, IReadOnlyList<int[]> classes, SequenceBatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(classes);
        return Create(Tokens(tokens), 0, new SequenceTargets([.. classes], null, 1, IsPerStep: true), options);
    }

    /// <summary>Serves sequences of vectors with values to predict for each sequence.</summary>
    /// <param name="inputs">For each sequence, [length, I]; kept, not copied. One without a step is allowed.</param>
    /// <param name="inputSize">I.</param>
    /// <param name="targets">For each sequence, [targetSize]; kept, not copied.</param>
    /// <param name="targetSize">Values of a target.</param>
    /// <param name="options">How batches are made.</param>
    /// <exception cref="ArgumentException">The numbers do not fit together, or there is no sequence.</exception>
    public static SequenceBatchSource ForValues(
        IReadOnlyList<float[]> inputs, int inputSize, IReadOnlyList<float[]> targets, int targetSize, SequenceBatchOptions options)
    {
        return CreateForValues(inputs, inputSize, targets, targetSize, isPerStep: false, options);
    }

    /// <summary>Serves sequences of vectors with values to predict for each step.</summary>
    /// <param name="inputs">For each sequence, [length, I]; kept, not copied. One without a step is allowed.</param>
    /// <param name="inputSize">I.</param>
    /// <param name="targets">For each sequence, [length, targetSize]; kept, not copied.</param>
    /// <param name="targetSize">Values of a step's target.</param>
    /// <param name="options">How batches are made.</param>
    /// <exception cref="ArgumentException">The numbers do not fit together, or there is no sequence.</exception>
    public static SequenceBatchSource ForStepValues(
        IReadOnlyList<float[]> inputs, int inputSize, IReadOnlyList<float[]> targets, int targetSize, SequenceBatchOptions options)
    {
        return CreateForValues(inputs, inputSize, targets, targetSize, isPerStep: true, options);
    }

    /// <inheritdoc/>
    public void StartEpoch(RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (_options.Shuffle)
        {
            Arrange(random);
        }
    }

    /// <inheritdoc/>
    public Batch GetBatch(int index)
    {
        if ((uint)index >= (uint)BatchCount)
        {
            throw new ArgumentOutOfRangeException(
                nameof(index), $"SequenceBatchSource.GetBatch: index is {index}, but must be 0 to {BatchCount - 1}. Stop at BatchCount.");
        }

        int first = _batchOrder[index] * _batchSize;
        ReadOnlySpan<int> sequences = _order.AsSpan(first, Math.Min(_batchSize, _order.Length - first));
        int[] lengths = new int[sequences.Length];
        int longest = 1;
        for (int row = 0; row < lengths.Length; row++)
        {
            lengths[row] = _lengths[sequences[row]];
            longest = Math.Max(longest, lengths[row]);
        }

        int timeSteps = (longest + _options.TimeStepMultiple - 1) / _options.TimeStepMultiple * _options.TimeStepMultiple;
        SequenceBuffers buffers = Buffers(timeSteps, lengths.Length);
        for (int row = 0; row < lengths.Length; row++)
        {
            Fill(buffers, timeSteps, row, lengths, sequences[row]);
        }

        bool isLeft = _options.Padding == PaddingSide.Left;
        return new Batch
        {
            Inputs = buffers.Inputs,
            InputShape = _inputSize == 0 ? [timeSteps, lengths.Length] : [timeSteps, lengths.Length, _inputSize],
            Mask = isLeft ? SequenceMask.LeftPadded(timeSteps, lengths) : SequenceMask.FromLengths(timeSteps, lengths),
            Targets = buffers.Targets,
            TargetShape = _targets.Values is null ? [0]
                : _targets.IsPerStep ? [timeSteps, lengths.Length, _targets.Width] : [lengths.Length, _targets.Width],
            Classes = buffers.Classes,
            SequenceCount = lengths.Length,
            LossWeight = LossWeight(buffers, lengths),
        };
    }

    private static SequenceBatchSource Create(
        IReadOnlyList<float[]> inputs, int inputSize, SequenceTargets targets, SequenceBatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return new SequenceBatchSource([.. inputs], inputSize, targets, options);
    }

    private static SequenceBatchSource Create(
        float[][] tokens, int inputSize, SequenceTargets targets, SequenceBatchOptions options)
    {
        return new SequenceBatchSource(tokens, inputSize, targets, options);
    }

    private static SequenceBatchSource CreateForValues(
        IReadOnlyList<float[]> inputs, int inputSize, IReadOnlyList<float[]> targets, int targetSize, bool isPerStep, SequenceBatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentCheck.AtLeast(targetSize, 1, nameof(SequenceBatchSource), nameof(targetSize), "the values of a target");
        return Create(inputs, inputSize, new SequenceTargets(null, [.. targets], targetSize, isPerStep), options);
    }

    private static float[][] Tokens(IReadOnlyList<int[]> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return [.. tokens.Select(sequence => Array.ConvertAll(sequence, token => (float)token))];
    }

    private static int RequireLength(float[] input, int sequence, int width)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Length % width == 0
            ? input.Length / width
            : throw new ArgumentException(
                $"SequenceBatchSource: sequence {sequence} has {input.Length} values, which I = {width} does not divide. "
                + $"Pass {width} values for each step.",
                nameof(input));
    }

    private void RequireTargets()
    {
        if (_targets.Count != _inputs.Length)
        {
            throw new ArgumentException(
                $"SequenceBatchSource: {_targets.Count} targets arrived, but there are {_inputs.Length} sequences. Pass one for each.", "targets");
        }

        for (int sequence = 0; sequence < _inputs.Length; sequence++)
        {
            long needed = _targets.Needed(_lengths[sequence]);
            if (_targets.Arrived(sequence) != needed)
            {
                throw new ArgumentException(
                    $"SequenceBatchSource: the target of sequence {sequence} has {_targets.Arrived(sequence)} numbers, but {needed} are needed for its "
                    + $"{_lengths[sequence]} steps. Pass {(_targets.IsPerStep ? "a target for each step" : "one target")}.",
                    "targets");
            }
        }
    }

    /// <summary>Decides which sequences make a batch, and the order of the batches.</summary>
    private void Arrange(RandomSource? random)
    {
        // From the plain order each time, so that the new order depends on the random source alone.
        for (int i = 0; i < _order.Length; i++)
        {
            _order[i] = i;
        }

        random?.Shuffle(_order.AsSpan());
        if (_options.BatchesPerBucket > 1)
        {
            long bucket = (long)_options.BatchesPerBucket * _batchSize;
            for (long start = 0; start < _order.Length; start += bucket)
            {
                SortByLength(_order.AsSpan((int)start, (int)Math.Min(bucket, _order.Length - start)));
            }
        }

        for (int i = 0; i < _batchOrder.Length; i++)
        {
            _batchOrder[i] = i;
        }

        if (_options.BatchesPerBucket > 1)
        {
            random?.Shuffle(_batchOrder.AsSpan());
        }
    }

    // Sequences of equal length keep their shuffled order; the keys make the sort stable.
    private void SortByLength(Span<int> sequences)
    {
        long[] keys = new long[sequences.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = ((long)_lengths[sequences[i]] << 32) | (uint)i;
        }

        keys.AsSpan().Sort(sequences);
    }

    private SequenceBuffers Buffers(int timeSteps, int count)
    {
        if (!_buffers.TryGetValue((timeSteps, count), out SequenceBuffers? buffers))
        {
            int targets = _targets.IsPerStep ? timeSteps * count : count;
            buffers = new SequenceBuffers(
                new float[timeSteps * count * Math.Max(1, _inputSize)],
                _targets.Values is null ? [] : new float[targets * _targets.Width],
                _targets.Classes is null ? [] : new int[targets]);
            _buffers.Add((timeSteps, count), buffers);
        }

        Array.Clear(buffers.Inputs);
        Array.Clear(buffers.Targets);
        Array.Fill(buffers.Classes, Losses.DefaultIgnoreIndex);
        return buffers;
    }

    private void Fill(SequenceBuffers buffers, int timeSteps, int row, int[] lengths, int sequence)
    {
        int first = _options.Padding == PaddingSide.Left ? timeSteps - lengths[row] : 0;
        int width = Math.Max(1, _inputSize);
        for (int step = 0; step < lengths[row]; step++)
        {
            int place = ((first + step) * lengths.Length) + row;
            _inputs[sequence].AsSpan(step * width, width).CopyTo(buffers.Inputs.AsSpan(place * width));
            if (_targets.IsPerStep)
            {
                FillTarget(buffers, place, sequence, step);
            }
        }

        if (!_targets.IsPerStep)
        {
            FillTarget(buffers, row, sequence, 0);
        }
    }

    private void FillTarget(SequenceBuffers buffers, int place, int sequence, int number)
    {
        if (_targets.Classes is not null)
        {
            buffers.Classes[place] = _targets.Classes[sequence][number];
        }
        else
        {
            int width = _targets.Width;
            _targets.Values![sequence].AsSpan(number * width, width).CopyTo(buffers.Targets.AsSpan(place * width));
        }
    }

    private double LossWeight(SequenceBuffers buffers, int[] lengths)
    {
        return _targets.Classes is not null ? buffers.Classes.Count(one => one != Losses.DefaultIgnoreIndex)
            : _targets.IsPerStep ? lengths.Sum()
            : lengths.Length;
    }
}
