using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Data;

/// <summary>Serves long streams a few steps at a time and holds no more of them: for stateful layers, whose state goes on from batch to batch.</summary>
/// <remarks>
/// Row b of every batch goes on where row b of the batch before ended (<see cref="Batch.Continues"/>), and begins anew with each epoch. Streams may end at different
/// steps: from there on a row has none (<see cref="Batch.Mask"/>). Batches are asked for in ascending order; one further on skips those between, one further back
/// begins the epoch again. The batch and its memory are reused.
/// </remarks>
public sealed class ContinuedStreamBatchSource : IBatchSource, IDisposable
{
    private readonly StreamRow[] _rows;
    private readonly int _timeSteps;
    private readonly long _stepCount;
    private ContinuedSteps? _steps;
    private Batch? _batch;
    private int _next;

    /// <summary>Walks all streams once to find the longest, unless told.</summary>
    /// <param name="streams">
    /// One for each row of a batch, at least one. Each gives the same pieces at every walk, of any number of steps (a line of a file, say), with a class or values
    /// for each step; they follow one another without a gap.
    /// </param>
    /// <param name="timeSteps">T, the steps of a batch; the last of an epoch may have fewer.</param>
    /// <param name="stepCount">Steps of the longest stream, where the caller knows; null counts them.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1: no stream, or no step in any.</exception>
    public ContinuedStreamBatchSource(IReadOnlyList<IEnumerable<SequenceExample>> streams, int timeSteps, long? stepCount = null)
    {
        ArgumentNullException.ThrowIfNull(streams);
        ArgumentCheck.AtLeast(streams.Count, 1, nameof(ContinuedStreamBatchSource), "the number of streams", "one for each row of a batch");
        ArgumentCheck.AtLeast(timeSteps, 1, nameof(ContinuedStreamBatchSource), nameof(timeSteps), "the steps of a batch");
        _rows = [.. streams.Select((stream, row) => new StreamRow(stream, row))];
        _timeSteps = timeSteps;
        _stepCount = stepCount ?? streams.Max(stream => stream.Sum(piece => (long)piece.TimeSteps));
        if (_stepCount < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(stepCount), $"ContinuedStreamBatchSource: the longest stream has {_stepCount} steps, but at least 1 is needed. Pass streams that hold steps.");
        }

        BatchCount = checked((int)((_stepCount + timeSteps - 1) / timeSteps));
    }

    /// <inheritdoc/>
    public int BatchCount { get; }

    /// <summary>The next token at every step: what a language model learns from.</summary>
    /// <param name="tokens">A text; walked anew at every walk of the result.</param>
    /// <returns>Each token but the last, with its successor as class.</returns>
    public static IEnumerable<SequenceExample> NextTokens(IEnumerable<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        const int PieceSteps = 1024;
        List<int> piece = [];
        foreach (int token in tokens)
        {
            piece.Add(token);
            if (piece.Count > PieceSteps)
            {
                yield return Piece(piece);
                piece.RemoveRange(0, PieceSteps);
            }
        }

        if (piece.Count > 1)
        {
            yield return Piece(piece);
        }

        static SequenceExample Piece(List<int> piece) => SequenceExample.FromTokens(piece[..^1]).WithClasses([.. piece[1..]]);
    }

    /// <summary>Nothing is drawn: the order is that of the streams, which are walked from their beginnings.</summary>
    public void StartEpoch(RandomSource random)
    {
        Begin();
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside 0 to <see cref="BatchCount"/> − 1.</exception>
    /// <exception cref="ArgumentException">Pieces have no class and no values, or are not of one kind and size.</exception>
    /// <exception cref="InvalidOperationException">All streams ended before as many steps as there were at first.</exception>
    public Batch GetBatch(int index)
    {
        if ((uint)index >= (uint)BatchCount)
        {
            throw new ArgumentOutOfRangeException(
                nameof(index), $"ContinuedStreamBatchSource.GetBatch: index is {index}, but must be 0 to {BatchCount - 1}. Stop at BatchCount.");
        }

        if (_batch is not null && index == _next - 1)
        {
            return _batch;
        }

        if (index < _next)
        {
            Begin();
        }

        for (; _next < index; _next++)
        {
            Array.ForEach(_rows, row => row.Read(_timeSteps, null));
        }

        _batch = Read(index);
        _next = index + 1;
        return _batch;
    }

    /// <summary>Ends the walks in progress; a batch asked for later begins the epoch again.</summary>
    public void Dispose()
    {
        Begin();
    }

    private void Begin()
    {
        Array.ForEach(_rows, row => row.Dispose());
        _batch = null;
        _next = 0;
    }

    private Batch Read(int index)
    {
        int steps = (int)Math.Min(_timeSteps, _stepCount - ((long)index * _timeSteps));
        int[] lengths = new int[_rows.Length];
        if (_steps is null)
        {
            SequenceExample first = _rows.Select(row => row.Peek()).FirstOrDefault(piece => piece is not null) ?? throw Ended(index);
            _steps = ContinuedSteps.Like(first, _rows.Length);
        }

        _steps.Begin(steps);
        for (int row = 0; row < _rows.Length; row++)
        {
            lengths[row] = _rows[row].Read(steps, _steps);
        }

        return lengths.Any(length => length > 0) ? _steps.ToBatch(lengths, continues: index > 0) : throw Ended(index);
    }

    private InvalidOperationException Ended(int index) => new(
        $"ContinuedStreamBatchSource.GetBatch: all streams ended before batch {index} of {BatchCount}. Give streams that are the same at every walk, or their true stepCount.");
}
