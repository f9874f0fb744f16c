namespace GpuRnn.Kernels.Windows;

/// <summary>The largest element that each window reads: max pooling.</summary>
/// <remarks>The first of equals is chosen and alone gets the gradient, as in PyTorch; NaN is larger than anything.</remarks>
public static class WindowMaxima
{
    /// <summary>result = the largest element of the window, chosen = its position in the image; −infinity and −1 for a window of padding alone.</summary>
    /// <remarks>
    /// Threads: index.X is the channel, index.Y the position (image, row, column), extent (channels, positions). Aliasing: none.
    /// </remarks>
    public static void Forward(
        Index2D index,
        ArrayView1D<float, Stride1D.Dense> source,  // [images, rows, columns, channels]
        ArrayView1D<float, Stride1D.Dense> result,  // [images, rows, columns, channels]; set
        ArrayView1D<int, Stride1D.Dense> chosen,    // as result; set
        WindowAxis rows,
        WindowAxis columns,
        int channels)
    {
        int line = index.Y / columns.TargetCount;
        int column = index.Y - (line * columns.TargetCount);
        int image = line / rows.TargetCount;
        int row = line - (image * rows.TargetCount);
        float largest = float.NegativeInfinity;
        int place = -1;
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
                    int position = (sourceRow * columns.SourceCount) + sourceColumn;
                    float value = source[(((image * rows.SourceCount * columns.SourceCount) + position) * channels) + index.X];
                    bool isLarger = place < 0 || value > largest || XMath.IsNaN(value);
                    largest = isLarger ? value : largest;
                    place = isLarger ? position : place;
                }
            }
        }

        result[(index.Y * channels) + index.X] = largest;
        chosen[(index.Y * channels) + index.X] = place;
    }

    /// <summary>sourceGradient = Σ of the gradients of the windows that chose the element.</summary>
    /// <remarks>
    /// Threads: index.X is the channel, index.Y the position in the source, extent (channels, positions of the source); taps ascend. Aliasing: none.
    /// </remarks>
    public static void Backward(
        Index2D index,
        ArrayView1D<int, Stride1D.Dense> chosen,            // as the forward pass left it
        ArrayView1D<float, Stride1D.Dense> resultGradient,  // [images, rows, columns, channels]
        ArrayView1D<float, Stride1D.Dense> sourceGradient,  // [images, rows, columns, channels]; set
        WindowAxis rows,                                    // turned: from the source to the result
        WindowAxis columns,
        int channels)
    {
        int line = index.Y / columns.TargetCount;
        int column = index.Y - (line * columns.TargetCount);
        int image = line / rows.TargetCount;
        int row = line - (image * rows.TargetCount);
        int own = (row * columns.TargetCount) + column;
        float sum = 0f;
        int endOfRows = rows.EndTap(row);
        int endOfColumns = columns.EndTap(column);
        for (int rowTap = rows.FirstTap(row); rowTap < endOfRows; rowTap++)
        {
            int resultRow = rows.SourceOf(row, rowTap);
            for (int columnTap = columns.FirstTap(column); columnTap < endOfColumns; columnTap++)
            {
                int resultColumn = columns.SourceOf(column, columnTap);
                if (resultRow >= 0 && resultColumn >= 0)
                {
                    int position = (((image * rows.SourceCount) + resultRow) * columns.SourceCount) + resultColumn;
                    int element = (position * channels) + index.X;
                    sum += chosen[element] == own ? resultGradient[element] : 0f;
                }
            }
        }

        sourceGradient[(index.Y * channels) + index.X] = sum;
    }
}
