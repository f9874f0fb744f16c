using GpuRnn.Devices.Sequences;

namespace GpuRnn.Scheduling;

/// <summary>Where each element of a padded [T, B] batch lies in the packed order of a <see cref="SequenceLayout"/>.</summary>
/// <remarks>
/// Rows are ordered by descending number of steps that are there; rows of equal number keep their order, so full batches are not permuted.
/// Wherever the absent steps of a row stand, its present ones follow one another without a gap: the time loops see no padding.
/// </remarks>
public sealed class SequencePacking
{
    private readonly int[] _rowOrder;
    private readonly int[] _paddedRows;

    private SequencePacking(int timeSteps, SequenceLayout layout, int[] rowOrder, int[] paddedRows)
    {
        TimeSteps = timeSteps;
        Layout = layout;
        _rowOrder = rowOrder;
        _paddedRows = paddedRows;
    }

    /// <summary>T of the padded batch, at least the steps of its longest row.</summary>
    public int TimeSteps { get; }

    /// <summary>The steps and their rows.</summary>
    public SequenceLayout Layout { get; }

    /// <summary>For each row of the layout, the row of the batch that it is; [B].</summary>
    public ReadOnlySpan<int> RowOrder => _rowOrder;

    /// <summary>For each packed row, its row t·B + b in the padded batch; [TotalRows].</summary>
    public ReadOnlySpan<int> PaddedRows => _paddedRows;

    /// <summary>True when packed and padded order are the same, so that nothing needs to be moved.</summary>
    public bool IsIdentity => Layout.IsFull && Layout.TimeSteps == TimeSteps;

    /// <summary>Packs <paramref name="batchSize"/> rows of <paramref name="timeSteps"/> steps.</summary>
    /// <param name="timeSteps">T, at least 1.</param>
    /// <param name="batchSize">B, at least 1.</param>
    /// <param name="lengths">Steps of each row, 0 to T, in any order; null when every row has T.</param>
    /// <exception cref="ArgumentException">A count of lengths other than B, or a length outside 0..T.</exception>
    public static SequencePacking Create(int timeSteps, int batchSize, IReadOnlyList<int>? lengths)
    {
        int[] counts = new int[batchSize];
        Array.Fill(counts, timeSteps);
        if (lengths is not null)
        {
            CheckLengths(timeSteps, batchSize, lengths);
            for (int row = 0; row < batchSize; row++)
            {
                counts[row] = lengths[row];
            }
        }

        return Create(timeSteps, counts, presentSteps: null);
    }

    /// <summary>Packs a batch of which any steps of any row may be absent.</summary>
    /// <param name="timeSteps">T, at least 1.</param>
    /// <param name="batchSize">B, at least 1.</param>
    /// <param name="isPresent">[T, B]: true where the step of the row is there.</param>
    /// <exception cref="ArgumentException">There are not T·B flags.</exception>
    public static SequencePacking FromFlags(int timeSteps, int batchSize, ReadOnlySpan<bool> isPresent)
    {
        if (isPresent.Length != (long)timeSteps * batchSize)
        {
            throw new ArgumentException(
                $"SequencePacking.FromFlags: {isPresent.Length} flags arrived, but T={timeSteps} and B={batchSize} need "
                + $"{(long)timeSteps * batchSize}. Pass one flag for each step of each row.",
                nameof(isPresent));
        }

        int[] counts = new int[batchSize];
        int[] presentSteps = new int[isPresent.Length];
        for (int step = 0; step < timeSteps; step++)
        {
            for (int row = 0; row < batchSize; row++)
            {
                if (isPresent[(step * batchSize) + row])
                {
                    presentSteps[(row * timeSteps) + counts[row]++] = step;
                }
            }
        }

        return Create(timeSteps, counts, presentSteps);
    }

    /// <summary>Orders the rows and numbers their steps.</summary>
    /// <param name="timeSteps">T.</param>
    /// <param name="counts">Present steps of each row.</param>
    /// <param name="presentSteps">[B, T]: which those are, in ascending order; null for the first ones.</param>
    private static SequencePacking Create(int timeSteps, int[] counts, int[]? presentSteps)
    {
        int batchSize = counts.Length;
        int[] rowCounts = RowCounts(timeSteps, counts);
        SequenceLayout layout = new(rowCounts, batchSize);
        int[] rowOrder = RowOrderOf(timeSteps, counts);
        int[] paddedRows = new int[layout.TotalRows];
        for (int step = 0; step < rowCounts.Length; step++)
        {
            Span<int> rows = paddedRows.AsSpan(layout.RowOffsets[step], rowCounts[step]);
            for (int i = 0; i < rows.Length; i++)
            {
                int row = rowOrder[i];
                int paddedStep = presentSteps is null ? step : presentSteps[(row * timeSteps) + step];
                rows[i] = (paddedStep * batchSize) + row;
            }
        }

        return new SequencePacking(timeSteps, layout, rowOrder, paddedRows);
    }

    /// <summary>For each step that any row has, how many have it.</summary>
    private static int[] RowCounts(int timeSteps, int[] counts)
    {
        int longest = 0;
        int[] ends = new int[timeSteps + 1];
        foreach (int count in counts)
        {
            ends[count]++;
            longest = Math.Max(longest, count);
        }

        int[] rowCounts = new int[longest];
        int alive = counts.Length;
        for (int step = 0; step < longest; step++)
        {
            alive -= ends[step];
            rowCounts[step] = alive;
        }

        return rowCounts;
    }

    // A counting sort: stable, and linear in T + B.
    private static int[] RowOrderOf(int timeSteps, int[] counts)
    {
        int[] next = new int[timeSteps + 1];
        foreach (int count in counts)
        {
            next[count]++;
        }

        int first = 0;
        for (int length = timeSteps; length >= 0; length--)
        {
            (next[length], first) = (first, first + next[length]);
        }

        int[] order = new int[counts.Length];
        for (int row = 0; row < counts.Length; row++)
        {
            order[next[counts[row]]++] = row;
        }

        return order;
    }

    private static void CheckLengths(int timeSteps, int batchSize, IReadOnlyList<int> lengths)
    {
        if (lengths.Count != batchSize)
        {
            throw new ArgumentException(
                $"SequencePacking.Create: {lengths.Count} lengths arrived, but the batch has B={batchSize} rows. Pass one length a row.",
                nameof(lengths));
        }

        for (int row = 0; row < batchSize; row++)
        {
            if (lengths[row] < 0 || lengths[row] > timeSteps)
            {
                throw new ArgumentException(
                    $"SequencePacking.Create: row {row} has length {lengths[row]}, but lengths must lie in 0..{timeSteps}. "
                    + "Cut the length, or pad the batch to more time steps.",
                    nameof(lengths));
            }
        }
    }
}
