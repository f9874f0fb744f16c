using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;

namespace GpuRnn.Scheduling.Persistent;

/// <summary>The rows of each step on the device, in the order in which a forward loop runs them.</summary>
internal sealed class StepTable : IDisposable
{
    private readonly DeviceBuffer<int> _buffer;

    /// <summary>Copies the table to the device.</summary>
    public StepTable(Device device, SequenceLayout layout, bool isReverse)
    {
        Count = layout.TimeSteps;
        int[] table = new int[2 * Count];
        for (int i = 0; i < Count; i++)
        {
            int step = isReverse ? Count - 1 - i : i;
            table[2 * i] = layout.RowOffsets[step];
            table[(2 * i) + 1] = layout.RowCounts[step];
        }

        _buffer = device.Allocate<int>(table.Length);
        _buffer.CopyFrom(table);
    }

    /// <summary>Steps of the loop.</summary>
    public int Count { get; }

    /// <summary>For each step: its first row, its rows.</summary>
    public ArrayView<int> View => _buffer.View;

    /// <inheritdoc/>
    public void Dispose()
    {
        _buffer.Dispose();
    }
}
