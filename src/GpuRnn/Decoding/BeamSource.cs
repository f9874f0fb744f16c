using GpuRnn.Tensors;

namespace GpuRnn.Decoding;

/// <summary>The rows of one source of a beam search.</summary>
internal sealed class BeamSource(DecodingOptions options, BeamSearchOptions beam)
{
    private readonly PriorityQueue<(int Row, int Token), (double LogProbability, int Order)> _best = new();
    private List<EndedRow> _ended = [];
    private List<BeamRow> _rows = [];

    /// <summary>Rows that go on.</summary>
    public int RowCount => _rows.Count;

    /// <summary>The row of no tokens.</summary>
    public BeamRow Begin()
    {
        _rows = [new BeamRow(null, options.StartToken, 0.0)];
        return _rows[0];
    }

    /// <summary>Extends every row by every token.</summary>
    /// <param name="logits">[rows, V]; replaced by log-probabilities.</param>
    /// <param name="width">V.</param>
    /// <param name="length">Tokens of the extended rows.</param>
    /// <returns>The rows that go on, each with the number of the row it extends.</returns>
    public IReadOnlyList<(int Parent, BeamRow Row)> Extend(Span<float> logits, int width, int length)
    {
        Choose(logits, width, length);
        List<((int Row, int Token) At, double LogProbability)> candidates = [];
        while (_best.TryDequeue(out (int Row, int Token) at, out (double LogProbability, int Order) rank))
        {
            candidates.Add((at, rank.LogProbability));
        }

        candidates.Reverse();
        List<(int Parent, BeamRow Row)> next = [];
        for (int i = 0; i < candidates.Count; i++)
        {
            ((int row, int token), double logProbability) = candidates[i];
            if (token != options.EndToken && next.Count < beam.Width)
            {
                next.Add((row, new BeamRow(_rows[row], token, logProbability)));
            }
            else if (token == options.EndToken && i < beam.Width)
            {
                _ended.Add(new EndedRow(_rows[row], logProbability, Rank(logProbability, length), IsFinished: true));
            }
        }

        _rows = [.. next.Select(one => one.Row)];
        if (length == options.MaximumLength)
        {
            _ended.AddRange(_rows.Select(row => new EndedRow(row, row.LogProbability, Rank(row.LogProbability, length), IsFinished: false)));
            _rows = [];
        }

        // Sorting keeps the order of equal ones.
        _ended = [.. _ended.OrderByDescending(row => row.Score).Take(beam.Width)];
        if (IsDone())
        {
            _rows = [];
        }

        return _rows.Count == 0 ? [] : next;
    }

    /// <summary>The best rows that ended, the best first; of equal ones that which ended first.</summary>
    public DecodedSequence[] Results()
    {
        return [.. _ended.Take(beam.ResultCount).Select(row => new DecodedSequence(row.Row.Tokens(), row.LogProbability, row.Score, row.IsFinished))];
    }

    // Of 2 k candidates at most k, one a row, are ends: k others are among them. The smallest log-probability lies on top of the queue; of equal ones the later is dropped first.
    private void Choose(Span<float> logits, int width, int length)
    {
        for (int row = 0; row < _rows.Count; row++)
        {
            Span<float> scores = logits.Slice(row * width, width);
            DecodingChecks.RequireFinite(LogProbabilities.Normalise(scores), length - 1, nameof(BeamSearch));
            double before = _rows[row].LogProbability;
            for (int token = 0; token < width; token++)
            {
                double logProbability = before + scores[token];
                if (_best.Count == 2 * beam.Width)
                {
                    _best.TryPeek(out _, out (double LogProbability, int Order) worst);
                    if (!(logProbability > worst.LogProbability))
                    {
                        continue;
                    }

                    _best.Dequeue();
                }

                _best.Enqueue((row, token), (logProbability, -((row * width) + token)));
            }
        }
    }

    private double Rank(double logProbability, int length)
    {
        return logProbability / Math.Pow((5.0 + length) / 6.0, beam.LengthPenalty);
    }

    // A log-probability only falls, and its penalty is largest for the longest row: no unfinished row can be ranked higher than this bound.
    private bool IsDone()
    {
        if (_rows.Count == 0)
        {
            return true;
        }

        double bound = Rank(_rows.Max(row => row.LogProbability), options.MaximumLength);
        return _ended.Count == beam.Width && _ended[^1].Score >= bound;
    }

    /// <summary>A row that goes on no more, without its end token.</summary>
    private sealed record EndedRow(BeamRow Row, double LogProbability, double Score, bool IsFinished);
}
