using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;

namespace GpuRnn.Scheduling;

/// <summary>Parts of rows.</summary>
internal static class RowsViewSlices
{
    /// <summary>The rows from <paramref name="row"/> on; an absent view stays absent.</summary>
    public static RowsView FromRow(this RowsView rows, int row)
    {
        return rows.IsAbsent ? rows : rows with { Memory = rows.Memory.SubView((long)row * rows.RowStride) };
    }

    /// <summary>The same rows without their first <paramref name="column"/> elements; an absent view stays absent.</summary>
    public static RowsView FromColumn(this RowsView rows, int column)
    {
        return rows.IsAbsent ? rows : rows with { Memory = rows.Memory.SubView(column) };
    }

    /// <summary>Rows without gaps.</summary>
    public static RowsView AsRows(this ArrayView<float> memory, int width)
    {
        return new RowsView(memory, width);
    }
}
