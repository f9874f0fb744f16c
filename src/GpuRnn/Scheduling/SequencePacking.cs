using GpuRnn.Devices.Sequences;

namespace GpuRnn.Scheduling;

/// <summary>Where each element of a padded [T, B] batch lies in the packed order of a <see cref="SequenceLayout"/>.</summary>
/// <remarks>Rows are ordered by descending length; rows of equal length keep their order, so full batches are not permuted.</remarks>
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

    /// <summary>T of the padded batch, at least the longest length.</summary>
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
        int[] rowOrder = [.. Enumerable.Range(0, batchSize)];
        int[] rowCounts = new int[timeSteps];
        Array.Fill(rowCounts, batchSize);
        if (lengths is not null)
        {
            CheckLengths(timeSteps, batchSize, lengths);
            rowOrder = [.. rowOrder.OrderByDescending(row => lengths[row])];
            IEnumerable<int> counts = Enumerable.Range(0, timeSteps).Select(step => lengths.Count(length => length > step));
            rowCounts = [.. counts.Where(count => count > 0)];
        }

        SequenceLayout layout = new(rowCounts, batchSize);
        int[] paddedRows = new int[layout.TotalRows];
        for (int step = 0; step < layout.TimeSteps; step++)
        {
            for (int row = 0; row < layout.RowCounts[step]; row++)
            {
                paddedRows[layout.RowOffsets[step] + row] = (step * batchSize) + rowOrder[row];
            }
        }

        return new SequencePacking(timeSteps, layout, rowOrder, paddedRows);
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
