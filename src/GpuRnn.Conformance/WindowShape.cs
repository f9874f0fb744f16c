using GpuRnn.Kernels.Windows;
using GpuRnn.Tensors;

namespace GpuRnn.Conformance;

/// <summary>Windows over images with channels last, as plain loops see them: the reference of convolution and pooling.</summary>
/// <remarks>Time is the rows of one image whose columns are the batch, along which a window is one position.</remarks>
internal sealed record WindowShape(int Images, int RowCount, int ColumnCount, int Channels, SlidingWindow Rows, SlidingWindow Columns)
{
    public int ResultRows => Rows.CountOver(RowCount);

    public int ResultColumns => Columns.CountOver(ColumnCount);

    public int Taps => Rows.Size * Columns.Size;

    public int Windows => Images * ResultRows * ResultColumns;

    public int Positions => Images * RowCount * ColumnCount;

    public WindowAxis RowAxis => Axis(Rows, RowCount);

    public WindowAxis ColumnAxis => Axis(Columns, ColumnCount);

    /// <summary>Each window with each tap that lies inside the image: (number of the window, number of the tap, number of the position).</summary>
    public IEnumerable<(int Window, int Tap, int Position)> Reads()
    {
        for (int window = 0; window < Windows; window++)
        {
            int image = window / (ResultRows * ResultColumns);
            int row = window / ResultColumns % ResultRows;
            int column = window % ResultColumns;
            for (int tap = 0; tap < Taps; tap++)
            {
                int sourceRow = (row * Rows.Stride) + (tap / Columns.Size * Rows.Dilation) - Rows.Padding;
                int sourceColumn = (column * Columns.Stride) + (tap % Columns.Size * Columns.Dilation) - Columns.Padding;
                if (sourceRow >= 0 && sourceRow < RowCount && sourceColumn >= 0 && sourceColumn < ColumnCount)
                {
                    yield return (window, tap, (((image * RowCount) + sourceRow) * ColumnCount) + sourceColumn);
                }
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"N={Images} H={RowCount} W={ColumnCount} C={Channels}, rows: {Rows}, columns: {Columns}";

    private static WindowAxis Axis(SlidingWindow window, int positions) => new()
    {
        SourceCount = positions,
        TargetCount = window.CountOver(positions),
        Taps = window.Size,
        Step = window.Stride,
        TapStep = window.Dilation,
        Offset = window.Padding,
        Divisor = 1,
    };
}
