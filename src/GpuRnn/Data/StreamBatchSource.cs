using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Data;

/// <summary>Serves batches from a sequence that is walked anew each epoch and of which only a shuffle buffer is ever held.</summary>
/// <remarks>
/// The buffer is filled first; each example then leaves it from a random place, which the next one of the stream takes. A buffer of one keeps the
/// stream's order; one as large as the stream shuffles perfectly. Batches are asked for in ascending order; one further on skips those between, one
/// further back begins the epoch again.
/// </remarks>
public sealed class StreamBatchSource : IBatchSource, IDisposable
{
    private readonly IEnumerable<SequenceExample> _stream;
    private readonly PredictionForm _form;
    private readonly int _exampleCount;
    private readonly int _batchSize;
    private readonly int _shuffleBuffer;
    private readonly List<SequenceExample> _buffer = [];
    private readonly List<SequenceExample> _rows = [];
    private IEnumerator<SequenceExample>? _walk;
    private RandomState _epochStart = new RandomSource(0).State;
    private RandomSource _random = new(0);
    private Batch? _batch;
    private int _next;

    /// <summary>Walks the stream once to count its examples.</summary>
    /// <param name="stream">Gives the same examples at every walk, such as the rows of a file; each walk is disposed at its end.</param>
    /// <param name="form">What classes and values belong to.</param>
    /// <param name="batchSize">Sequences a batch, at least 1; the last of an epoch may have fewer.</param>
    /// <param name="shuffleBuffer">Examples held at a time, at least 1.</param>
    /// <param name="exampleCount">How many there are, where the caller knows; null counts them.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the stream is empty.</exception>
    public StreamBatchSource(
        IEnumerable<SequenceExample> stream, PredictionForm form, int batchSize, int shuffleBuffer = 1024, int? exampleCount = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentCheck.AtLeast(batchSize, 1, nameof(StreamBatchSource), nameof(batchSize), "the sequences a batch");
        ArgumentCheck.AtLeast(shuffleBuffer, 1, nameof(StreamBatchSource), nameof(shuffleBuffer), "the examples to hold, 1 for the stream's order");
        (_stream, _form, _batchSize, _shuffleBuffer) = (stream, form, batchSize, shuffleBuffer);
        _exampleCount = exampleCount ?? stream.Count();
        ArgumentCheck.AtLeast(_exampleCount, 1, nameof(StreamBatchSource), "the number of examples", "a stream of at least one example");
    }

    /// <inheritdoc/>
    public int BatchCount => (_exampleCount + _batchSize - 1) / _batchSize;

    /// <inheritdoc/>
    public void StartEpoch(RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);

        // One draw for the epoch: how far the caller's source moves does not depend on how far the stream is walked.
        _epochStart = new RandomSource(random.NextUInt64()).State;
        Begin();
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside 0 to <see cref="BatchCount"/> − 1.</exception>
    /// <exception cref="InvalidOperationException">The stream ended before as many examples as there were at first.</exception>
    public Batch GetBatch(int index)
    {
        if ((uint)index >= (uint)BatchCount)
        {
            throw new ArgumentOutOfRangeException(
                nameof(index), $"StreamBatchSource.GetBatch: index is {index}, but must be 0 to {BatchCount - 1}. Stop at BatchCount.");
        }

        if (_batch is not null && index == _next - 1)
        {
            return _batch;
        }

        if (_walk is null || index < _next)
        {
            Begin();
        }

        while (_next <= index)
        {
            _rows.Clear();
            int count = Math.Min(_batchSize, _exampleCount - (_next * _batchSize));
            for (int row = 0; row < count; row++)
            {
                _rows.Add(Draw());
            }

            _next++;
        }

        _batch = PaddedBatch.Create(_rows, _form, "StreamBatchSource.GetBatch");
        return _batch;
    }

    /// <summary>Ends the walk in progress.</summary>
    public void Dispose()
    {
        _walk?.Dispose();
        _walk = null;
        _buffer.Clear();
    }

    private void Begin()
    {
        _walk?.Dispose();
        _walk = _stream.GetEnumerator();
        _buffer.Clear();
        _batch = null;
        _next = 0;
        _random = new RandomSource(0) { State = _epochStart };
        while (_buffer.Count < Math.Min(_shuffleBuffer, _exampleCount) && _walk.MoveNext())
        {
            _buffer.Add(_walk.Current);
        }
    }

    private SequenceExample Draw()
    {
        if (_buffer.Count == 0)
        {
            throw new InvalidOperationException(
                $"StreamBatchSource: the stream ended before its {_exampleCount} examples. Give a stream that is the same at every walk.");
        }

        int place = _buffer.Count == 1 ? 0 : _random.NextInt(_buffer.Count);
        SequenceExample example = _buffer[place];
        if (_walk!.MoveNext())
        {
            _buffer[place] = _walk.Current;
        }
        else
        {
            _buffer.RemoveAt(place);
        }

        return example;
    }
}
