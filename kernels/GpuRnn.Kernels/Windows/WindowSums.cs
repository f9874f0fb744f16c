namespace GpuRnn.Kernels.Windows;

/// <summary>The sum of what each window reads: mean pooling, its gradient, and the gradient of <see cref="Patches"/>.</summary>
/// <remarks>Each target gathers its own sum, taps ascending, rows before columns: no atomics, the same bits on every device.</remarks>
public static class WindowSums
{
    /// <summary>target[position, channel] = factor · Σ over the taps of its window of source[position of the tap, tap, channel].</summary>
    /// <remarks>
    /// Threads: index.X is the channel, index.Y the position (image, row, column), extent (channels, positions). Aliasing: none. With tapStride 0 all
    /// taps read the same element of a position, as pooling does; with tapStride = channels each tap has its own, as patches have.
    /// </remarks>
    public static void Forward(
        Index2D index,
        ArrayView1D<float, Stride1D.Dense> source,  // [images, rows, columns, positionStride]
        ArrayView1D<float, Stride1D.Dense> target,  // [images, rows, columns, channels]; set
        WindowAxis rows,
        WindowAxis columns,
        int channels,
        int positionStride,                         // elements from one position of the source to the next
        int tapStride,                              // elements from one tap to the next within a position
        float factor)
    {
        int line = index.Y / columns.TargetCount;
        int column = index.Y - (line * columns.TargetCount);
        int image = line / rows.TargetCount;
        int row = line - (image * rows.TargetCount);
        float sum = 0f;
        int endOfRows = rows.EndTap(row);
        int endOfColumns = columns.EndTap(column);
        for (int rowTap = rows.FirstTap(row); rowTap < endOfRows; rowTap++)
        {
            int sourceRow = rows.SourceOf(row, rowTap);
            for (int columnTap = columns.FirstTap(column); columnTap < endOfColumns; columnTap++)
            {
                int sourceColumn = columns.SourceOf(column, columnTap);
                if (sourceRow >= 0 && sourceColumn >= 0)
                {
                    int position = (((image * rows.SourceCount) + sourceRow) * columns.SourceCount) + sourceColumn;
                    int tap = (rowTap * columns.Taps) + columnTap;
                    sum += source[(position * positionStride) + (tap * tapStride) + index.X];
                }
            }
        }

        target[(index.Y * channels) + index.X] = factor * sum;
    }
}
