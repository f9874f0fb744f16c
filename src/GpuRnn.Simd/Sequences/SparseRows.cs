using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Sequences;

namespace GpuRnn.Simd.Sequences;

/// <summary>The rows of a sparse weight, four by four: element k of four rows lies side by side, so that four sums run beside each other.</summary>
/// <remarks>Rows of a group with fewer elements than its longest are filled up with weights of zero on column 0.</remarks>
internal sealed unsafe class SparseRows : IDisposable
{
    /// <summary>Rows of a group.</summary>
    public const int GroupRows = 4;

    private readonly DeviceBuffer<int> _starts;
    private readonly DeviceBuffer<int> _columns;
    private readonly DeviceBuffer<float> _values;
    private readonly DeviceBuffer<float> _bias;

    /// <summary>Packs a request's weights.</summary>
    /// <param name="device">Where they lie.</param>
    /// <param name="request">The weights.</param>
    /// <param name="driveColumn">The column of d's first number; those of x begin at 0.</param>
    public SparseRows(CpuDevice device, SparseLoopRequest request, int driveColumn)
    {
        GroupCount = (request.Size + GroupRows - 1) / GroupRows;
        int[] starts = new int[GroupCount + 1];
        for (int group = 0; group < GroupCount; group++)
        {
            int depth = Enumerable.Range(group * GroupRows, GroupRows).Max(row => Count(request, row));
            starts[group + 1] = starts[group] + (depth * GroupRows);
        }

        int[] columns = new int[starts[^1]];
        float[] values = new float[starts[^1]];
        float[] bias = new float[GroupCount * GroupRows];
        request.Bias.CopyTo(bias, 0);
        for (int row = 0; row < request.Size; row++)
        {
            for (int k = 0; k < Count(request, row); k++)
            {
                int place = starts[row / GroupRows] + (k * GroupRows) + (row % GroupRows);
                int column = request.Columns[request.RowStarts[row] + k];
                columns[place] = column < request.Size ? column : driveColumn + column - request.Size;
                values[place] = request.Values[request.RowStarts[row] + k];
            }
        }

        (_starts, _columns, _values, _bias) = (Upload(device, starts), Upload(device, columns), Upload(device, values), Upload(device, bias));
    }

    /// <summary>Groups over all rows; the last one may be wider than what is left.</summary>
    public int GroupCount { get; }

    /// <summary>[groups + 1]: where each group begins in the next two.</summary>
    public int* Starts => _starts.View.HostPointer;

    /// <summary>Columns.</summary>
    public int* Columns => _columns.View.HostPointer;

    /// <summary>Weights.</summary>
    public float* Values => _values.View.HostPointer;

    /// <summary>Biases, zeros beyond the last row.</summary>
    public float* Bias => _bias.View.HostPointer;

    /// <inheritdoc/>
    public void Dispose()
    {
        _starts.Dispose();
        _columns.Dispose();
        _values.Dispose();
        _bias.Dispose();
    }

    private static int Count(SparseLoopRequest request, int row) => row < request.Size ? request.RowStarts[row + 1] - request.RowStarts[row] : 0;

    private static DeviceBuffer<T> Upload<T>(CpuDevice device, T[] values)
        where T : unmanaged
    {
        DeviceBuffer<T> buffer = device.Allocate<T>(Math.Max(1, values.Length));
        buffer.CopyFrom(values);
        return buffer;
    }
}
