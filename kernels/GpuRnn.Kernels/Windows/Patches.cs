namespace GpuRnn.Kernels.Windows;

/// <summary>Lays what each window of an image reads in a row, so that a convolution becomes one product with the weights ("im2col").</summary>
/// <remarks>
/// Chellapilla, Puri and Simard (2006). Channels lie innermost, so neighbouring columns of a window that lie next to each other in the image are one run of
/// memory, and every run is copied in one sweep. The gradient of the image is <see cref="WindowSums"/> over the gradient of the patches.
/// </remarks>
public static class Patches
{
    /// <summary>target[position, tap, channel] = source at that tap of the position's window; zeros outside the source.</summary>
    /// <remarks>
    /// Threads: index.X is the element of a run, index.Y = position · runs + run, extent (runColumns · channels, positions · runs) with
    /// runs = rows.Taps · columns.Taps / runColumns. Aliasing: none. Deterministic. Bandwidth is the limit. Both axes have the divisor 1.
    /// </remarks>
    public static void Forward(
        Index2D index,
        ArrayView1D<float, Stride1D.Dense> source,  // [images, rows, columns, channels]
        ArrayView1D<float, Stride1D.Dense> target,  // [positions, taps · channels]; set
        WindowAxis rows,
        WindowAxis columns,
        int channels,
        int runColumns)                             // all taps of a row where the dilation is 1, else 1
    {
        int runsOfRow = columns.Taps / runColumns;
        int runs = rows.Taps * runsOfRow;
        int position = index.Y / runs;
        int run = index.Y - (position * runs);
        int rowTap = run / runsOfRow;
        int columnTap = (run - (rowTap * runsOfRow)) * runColumns;
        int line = position / columns.TargetCount;
        int column = position - (line * columns.TargetCount);
        int image = line / rows.TargetCount;
        int sourceRow = rows.SourceOf(line - (image * rows.TargetCount), rowTap);
        int firstColumn = (column * columns.Step) + (columnTap * columns.TapStep) - columns.Offset;
        int width = columns.SourceCount * channels;
        int element = (firstColumn * channels) + index.X;
        float value = 0f;
        if (sourceRow >= 0 && element >= 0 && element < width)
        {
            value = source[(((image * rows.SourceCount) + sourceRow) * width) + element];
        }

        target[(index.Y * runColumns * channels) + index.X] = value;
    }
}
