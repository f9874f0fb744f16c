using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;

namespace GpuRnn.Scheduling;

/// <summary>Rows that lie apart in one buffer, seen through one view, for kernels that find their slots in a table.</summary>
internal sealed unsafe class CommonMemory
{
    private readonly RowsView[] _rows;
    private readonly float* _start;

    /// <summary>Finds the smallest view that holds all rows.</summary>
    /// <param name="rows">Present all, at least one.</param>
    /// <param name="what">What the message for a refusal calls them.</param>
    /// <exception cref="DeviceException">They lie in different buffers.</exception>
    public CommonMemory(IReadOnlyList<RowsView> rows, string what)
    {
        _rows = [.. rows];
        object? source = _rows[0].Memory.Source;
        _start = _rows[0].Memory.HostPointer;
        float* end = _start;
        foreach (RowsView one in _rows)
        {
            if (!ReferenceEquals(one.Memory.Source, source))
            {
                throw new DeviceException(
                    $"CommonMemory: the {what} of a loop lie in different buffers, but a kernel reaches them through one view. Divide one buffer among them.");
            }

            float* first = one.Memory.HostPointer;
            _start = first < _start ? first : _start;
            end = first + one.Memory.Length > end ? first + one.Memory.Length : end;
        }

        View = new ArrayView<float>(source, _start, end - _start);
    }

    /// <summary>From the first element of any of the rows to the last.</summary>
    public ArrayView<float> View { get; }

    /// <summary>Elements from the start of <see cref="View"/> to the first row.</summary>
    public int Offset(int number) => checked((int)(_rows[number].Memory.HostPointer - _start));

    /// <summary>Elements from one row to the next.</summary>
    public int Stride(int number) => _rows[number].RowStride;
}
