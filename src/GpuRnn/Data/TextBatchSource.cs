using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Data;

/// <summary>Cuts one long text into parallel streams and serves them a piece at a time: inputs are tokens, classes the tokens after them.</summary>
/// <remarks>
/// Row b of every batch goes on where row b of the batch before ended, so that stateful layers carry their state from one to the next
/// (<see cref="Batch.Continues"/>) and begin anew with each epoch. What does not fill all streams evenly is left out at the end. The batch and its memory are reused.
/// </remarks>
public sealed class TextBatchSource : IBatchSource
{
    private readonly IReadOnlyList<int> _tokens;
    private readonly int _batchSize;
    private readonly int _timeSteps;
    private readonly int _streamLength;
    private readonly Batch _full;
    private readonly Batch? _last;

    /// <summary>Divides the text evenly.</summary>
    /// <param name="tokens">At least one more than streams; kept, not copied.</param>
    /// <param name="batchSize">B, parallel streams.</param>
    /// <param name="timeSteps">T, the steps of a batch; the last one of an epoch may have fewer.</param>
    /// <exception cref="ArgumentException">The text is too short.</exception>
    public TextBatchSource(IReadOnlyList<int> tokens, int batchSize, int timeSteps)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentCheck.AtLeast(batchSize, 1, nameof(TextBatchSource), nameof(batchSize), "the number of parallel streams");
        ArgumentCheck.AtLeast(timeSteps, 1, nameof(TextBatchSource), nameof(timeSteps), "the steps of a batch");
        (_tokens, _batchSize, _timeSteps) = (tokens, batchSize, timeSteps);
        _streamLength = (tokens.Count - 1) / batchSize;
        if (_streamLength < 1)
        {
            throw new ArgumentException(
                $"TextBatchSource: the text has {tokens.Count} tokens, but {batchSize} streams need at least {batchSize + 1}. "
                + "Pass a longer text or fewer streams.",
                nameof(tokens));
        }

        _full = NewBatch(Math.Min(timeSteps, _streamLength));
        int rest = _streamLength % timeSteps;
        _last = rest == 0 || _streamLength < timeSteps ? null : NewBatch(rest);
    }

    /// <inheritdoc/>
    public int BatchCount => (_streamLength + _timeSteps - 1) / _timeSteps;

    /// <summary>Tokens predicted in an epoch, over all streams.</summary>
    public int PredictionCount => _streamLength * _batchSize;

    /// <summary>Nothing is drawn: the order is that of the text.</summary>
    public void StartEpoch(RandomSource random)
    {
    }

    /// <inheritdoc/>
    public Batch GetBatch(int index)
    {
        if ((uint)index >= (uint)BatchCount)
        {
            throw new ArgumentOutOfRangeException(
                nameof(index), $"TextBatchSource.GetBatch: index is {index}, but must be 0 to {BatchCount - 1}. Stop at BatchCount.");
        }

        Batch batch = index == BatchCount - 1 && _last is not null ? _last : _full;
        int steps = batch.InputShape[0];
        Array.Fill(batch.Continues!, index > 0);
        for (int row = 0; row < _batchSize; row++)
        {
            int start = (row * _streamLength) + (index * _timeSteps);
            for (int step = 0; step < steps; step++)
            {
                int place = (step * _batchSize) + row;
                batch.Inputs[place] = _tokens[start + step];
                batch.Classes[place] = _tokens[start + step + 1];
            }
        }

        return batch;
    }

    private Batch NewBatch(int steps)
    {
        return new Batch
        {
            Inputs = new float[steps * _batchSize],
            InputShape = [steps, _batchSize],
            Classes = new int[steps * _batchSize],
            Continues = new bool[_batchSize],
            SequenceCount = _batchSize,
            LossWeight = steps * _batchSize,
        };
    }
}
