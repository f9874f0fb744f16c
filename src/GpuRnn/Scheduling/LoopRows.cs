using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;

namespace GpuRnn.Scheduling;

/// <summary>Which rows each step of a loop works on, in the order in which it runs them, and where the final states lie afterwards.</summary>
internal sealed class LoopRows : IDisposable
{
    private readonly SequenceLayout _layout;
    private readonly bool _isReverse;
    private readonly DeviceBuffer<int>? _lastRows;

    /// <summary>Works the rows out and copies them to the device.</summary>
    public LoopRows(Device device, SequenceLayout layout, bool isReverse)
    {
        _layout = layout;
        _isReverse = isReverse;
        List<Step> steps = [];
        for (int i = 0; i < layout.TimeSteps; i++)
        {
            int step = isReverse ? layout.TimeSteps - 1 - i : i;
            int previous = isReverse ? step + 1 : step - 1;
            int count = layout.RowCounts[step];
            int carried = i == 0 ? 0 : Math.Min(count, layout.RowCounts[previous]);
            steps.Add(new Step(step, i, layout.RowOffsets[step], count, i == 0 ? 0 : layout.RowOffsets[previous], carried));
        }

        Steps = steps;
        if (!isReverse && ExistingRows > 0)
        {
            int[] rows = new int[ExistingRows];
            for (int step = 0; step < layout.TimeSteps; step++)
            {
                for (int row = 0; row < layout.RowCounts[step]; row++)
                {
                    rows[row] = layout.RowOffsets[step] + row;
                }
            }

            _lastRows = device.Allocate<int>(rows.Length);
            _lastRows.CopyFrom(rows);
        }
    }

    /// <summary>The steps in order.</summary>
    public IReadOnlyList<Step> Steps { get; }

    // Rows of length zero are in no step.
    private int ExistingRows => _layout.TimeSteps == 0 ? 0 : _layout.RowCounts[0];

    /// <summary>Copies each row's last state, or its initial one where it has no step.</summary>
    public void StoreFinal(DeviceStream stream, RowOperations operations, RowsView history, RowsView initial, RowsView target, int width)
    {
        if (_isReverse)
        {
            operations.Copy(stream, history, target, ExistingRows, width);
        }
        else if (_lastRows is not null)
        {
            operations.Gather(stream, history, _lastRows.View, target, ExistingRows, width);
        }

        int missing = _layout.BatchSize - ExistingRows;
        if (missing > 0)
        {
            operations.Copy(stream, initial.FromRow(ExistingRows), target.FromRow(ExistingRows), missing, width);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lastRows?.Dispose();
    }

    /// <summary>One step.</summary>
    /// <param name="Number">Its place in the sequence.</param>
    /// <param name="Order">Steps that ran before.</param>
    /// <param name="FirstRow">Its first packed row.</param>
    /// <param name="Count">Its rows.</param>
    /// <param name="PreviousRow">The first packed row of the step that ran before.</param>
    /// <param name="Carried">Rows that ran before; the others begin here.</param>
    internal sealed record Step(int Number, int Order, int FirstRow, int Count, int PreviousRow, int Carried)
    {
        /// <summary><see cref="FirstRow"/>, <see cref="Count"/>, <see cref="PreviousRow"/> and <see cref="Carried"/> as arguments of a kernel, boxed once.</summary>
        public object[] Boxed { get; } = [FirstRow, Count, PreviousRow, Carried];
    }
}
