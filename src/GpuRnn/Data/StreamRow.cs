namespace GpuRnn.Data;

/// <summary>Reads a stream of pieces step by step.</summary>
/// <param name="stream">Pieces of any number of steps.</param>
/// <param name="row">Its place in the batch.</param>
internal sealed class StreamRow(IEnumerable<SequenceExample> stream, int row) : IDisposable
{
    private IEnumerator<SequenceExample>? _walk;
    private SequenceExample? _piece;
    private int _step;

    /// <summary>The piece that holds the next step; null where the stream has ended.</summary>
    public SequenceExample? Peek()
    {
        _walk ??= stream.GetEnumerator();
        while (_piece is null || _step == _piece.TimeSteps)
        {
            if (!_walk.MoveNext())
            {
                return _piece = null;
            }

            _piece = _walk.Current;
            _step = 0;
        }

        return _piece;
    }

    /// <summary>Goes on by some steps.</summary>
    /// <param name="count">Steps wanted.</param>
    /// <param name="target">Receives them, from its step 0 on; null passes them over.</param>
    /// <returns>Steps that there were.</returns>
    public int Read(int count, ContinuedSteps? target)
    {
        int done = 0;
        while (done < count && Peek() is SequenceExample piece)
        {
            int steps = Math.Min(count - done, piece.TimeSteps - _step);
            target?.Write(piece, _step, steps, done, row);
            done += steps;
            _step += steps;
        }

        return done;
    }

    /// <summary>Ends the walk; the next read begins anew.</summary>
    public void Dispose()
    {
        _walk?.Dispose();
        _walk = null;
        _piece = null;
        _step = 0;
    }
}
