namespace GpuRnn.Devices.Sequences;

/// <summary>How the rows of a packed batch of sequences lie in memory, step after step.</summary>
/// <remarks>
/// Rows are sorted by descending length, so step t holds the first <c>RowCounts[t]</c> rows of the batch, and its rows start at
/// <c>RowOffsets[t]</c> in every packed array. Without lengths this is the plain [T, B] order. Rows of length zero are in no step.
/// </remarks>
public sealed class SequenceLayout
{
    private readonly int[] _rowCounts;
    private readonly int[] _rowOffsets;

    /// <summary>Builds the layout of <paramref name="batchSize"/> rows from the number of rows in each step.</summary>
    /// <param name="rowCounts">Rows in each step, non-increasing, each at least 1 and at most the batch size.</param>
    /// <param name="batchSize">All rows, those of length zero included.</param>
    /// <exception cref="ArgumentException">The counts rise, or lie outside 1..batchSize.</exception>
    public SequenceLayout(ReadOnlySpan<int> rowCounts, int batchSize)
    {
        _rowCounts = rowCounts.ToArray();
        _rowOffsets = new int[_rowCounts.Length + 1];
        BatchSize = batchSize;
        int limit = batchSize;
        for (int step = 0; step < _rowCounts.Length; step++)
        {
            if (_rowCounts[step] < 1 || _rowCounts[step] > limit)
            {
                throw new ArgumentException(
                    $"SequenceLayout: step {step} has {_rowCounts[step]} rows, but needs 1 to {limit}. Sort rows by descending length.",
                    nameof(rowCounts));
            }

            limit = _rowCounts[step];
            _rowOffsets[step + 1] = _rowOffsets[step] + limit;
        }
    }

    /// <summary>The layout of full sequences: every step has every row.</summary>
    public static SequenceLayout Full(int timeSteps, int batchSize)
    {
        int[] counts = new int[timeSteps];
        Array.Fill(counts, batchSize);
        return new SequenceLayout(counts, batchSize);
    }

    /// <summary>T, the steps that hold at least one row.</summary>
    public int TimeSteps => _rowCounts.Length;

    /// <summary>B, all rows of the batch.</summary>
    public int BatchSize { get; }

    /// <summary>The rows of all steps together.</summary>
    public int TotalRows => _rowOffsets[^1];

    /// <summary>True when every step has every row.</summary>
    public bool IsFull => TotalRows == TimeSteps * BatchSize;

    /// <summary>Rows in each step; non-increasing.</summary>
    public ReadOnlySpan<int> RowCounts => _rowCounts;

    /// <summary>First row of each step in packed arrays; one more entry than steps.</summary>
    public ReadOnlySpan<int> RowOffsets => _rowOffsets;
}
