using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;

namespace GpuRnn.Scheduling;

/// <summary>The present packing of a plan's batch, with its row numbers on the device.</summary>
/// <remarks>Buffers are sized for full lengths, so that a change of lengths allocates nothing.</remarks>
internal sealed class PlanRows : IDisposable
{
    private readonly DeviceBuffer<int> _rowOrder;
    private readonly DeviceBuffer<int> _paddedRows;
    private readonly DeviceBuffer<int>[] _previousRows;
    private readonly DeviceBuffer<int>? _batchRows;
    private readonly int _capacity;

    /// <summary>Allocates for a padded batch.</summary>
    /// <param name="device">Where.</param>
    /// <param name="timeSteps">The most T there will be.</param>
    /// <param name="batchSize">B.</param>
    /// <param name="lengths">Steps of each row; null when every row has T.</param>
    /// <param name="hasBatchRows">True where <see cref="BatchRows"/> will be read.</param>
    public PlanRows(Device device, int timeSteps, int batchSize, IReadOnlyList<int>? lengths, bool hasBatchRows)
    {
        _capacity = timeSteps;
        BatchSize = batchSize;
        _rowOrder = device.Allocate<int>(batchSize);
        _paddedRows = device.Allocate<int>((long)timeSteps * batchSize);
        _previousRows = [device.Allocate<int>((long)timeSteps * batchSize), device.Allocate<int>((long)timeSteps * batchSize)];
        _batchRows = hasBatchRows ? device.Allocate<int>((long)timeSteps * batchSize) : null;
        Packing = SequencePacking.Create(timeSteps, batchSize, lengths);
        Upload();
    }

    /// <summary>T of the present padded batch.</summary>
    public int TimeSteps => Packing.TimeSteps;

    /// <summary>B.</summary>
    public int BatchSize { get; }

    /// <summary>Where each padded row lies.</summary>
    public SequencePacking Packing { get; private set; }

    /// <summary>The packed rows in use.</summary>
    public int TotalRows => Packing.Layout.TotalRows;

    /// <summary>True when the layout's rows are the batch's rows in their own order.</summary>
    public bool KeepsRowOrder { get; private set; }

    /// <summary>For each row of the layout, its row of the batch.</summary>
    public ArrayView<int> RowOrder => _rowOrder.View;

    /// <summary>For each packed row, its padded row.</summary>
    public ArrayView<int> PaddedRows => _paddedRows.View;

    /// <summary>For each packed row, its row of the layout: the same number in every step.</summary>
    public ArrayView<int> BatchRows => _batchRows!.View;

    /// <summary>Bytes of the row numbers.</summary>
    public long SizeInBytes =>
        _rowOrder.SizeInBytes + _paddedRows.SizeInBytes + _previousRows.Sum(buffer => buffer.SizeInBytes) + (_batchRows?.SizeInBytes ?? 0);

    /// <summary>
    /// For each packed row, where its state at t−1 stands in a history that has B rows of initial states in front (forward) or
    /// behind (reverse) and its first packed row at row B.
    /// </summary>
    public ArrayView<int> PreviousRows(bool isReverse)
    {
        return _previousRows[isReverse ? 1 : 0].View;
    }

    /// <summary>Takes other rows, of no more steps than there is room for.</summary>
    /// <returns>True when the steps hold other rows than before, so that loops must be prepared again.</returns>
    public bool Set(SequencePacking packing)
    {
        if (packing.Layout.BatchSize != BatchSize || packing.TimeSteps > _capacity)
        {
            throw new ShapeException(
                $"SequencePlan.SetRows: T={packing.TimeSteps}, B={packing.Layout.BatchSize} arrived, but the plan was made for "
                + $"T up to {_capacity} and B={BatchSize}. Make a plan for this shape.");
        }

        SequenceLayout before = Packing.Layout;
        Packing = packing;
        Upload();
        return !before.RowCounts.SequenceEqual(Packing.Layout.RowCounts);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rowOrder.Dispose();
        _paddedRows.Dispose();
        _previousRows[0].Dispose();
        _previousRows[1].Dispose();
        _batchRows?.Dispose();
    }

    private void Upload()
    {
        KeepsRowOrder = true;
        for (int row = 0; row < BatchSize; row++)
        {
            KeepsRowOrder &= Packing.RowOrder[row] == row;
        }

        _rowOrder.CopyFrom(Packing.RowOrder);
        _paddedRows.CopyFrom(Packing.PaddedRows);
        _batchRows?.CopyFrom(BatchRowNumbers());
        if (!Packing.Layout.IsFull)
        {
            _previousRows[0].CopyFrom(PreviousRowNumbers(1, 0));
            _previousRows[1].CopyFrom(PreviousRowNumbers(-1, BatchSize + TotalRows));
        }
    }

    private int[] BatchRowNumbers()
    {
        List<int> numbers = [];
        foreach (int count in Packing.Layout.RowCounts)
        {
            numbers.AddRange(Enumerable.Range(0, count));
        }

        return [.. numbers];
    }

    private int[] PreviousRowNumbers(int direction, int firstInitialRow)
    {
        SequenceLayout layout = Packing.Layout;
        int[] numbers = new int[layout.TotalRows];
        for (int step = 0; step < layout.TimeSteps; step++)
        {
            int previous = step - direction;
            bool exists = previous >= 0 && previous < layout.TimeSteps;
            for (int row = 0; row < layout.RowCounts[step]; row++)
            {
                numbers[layout.RowOffsets[step] + row] = exists && row < layout.RowCounts[previous]
                    ? BatchSize + layout.RowOffsets[previous] + row
                    : firstInitialRow + row;
            }
        }

        return numbers;
    }
}
