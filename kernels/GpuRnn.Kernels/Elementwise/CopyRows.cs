namespace GpuRnn.Kernels.Elementwise;

/// <summary>Copies rows between arrays whose rows lie at different distances.</summary>
public static class CopyRows
{
    /// <summary>target[row, column] = source[row, column].</summary>
    /// <remarks>
    /// Threads: row·width + column, extent rows·width. Aliasing: none. Other first rows or columns: pass views that start there.
    /// </remarks>
    public static void Forward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> source,  // [rows, width]
        ArrayView1D<float, Stride1D.Dense> target,  // [rows, width]; set
        int width,
        int sourceRowStride,
        int targetRowStride)
    {
        int row = index / width;
        int column = index % width;
        target[(row * targetRowStride) + column] = source[(row * sourceRowStride) + column];
    }

    /// <summary>target[row, column] += source[row, column].</summary>
    /// <remarks>Threads: row·width + column, extent rows·width. Aliasing: none.</remarks>
    public static void Accumulate(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> source,  // [rows, width]
        ArrayView1D<float, Stride1D.Dense> target,  // [rows, width]; added to
        int width,
        int sourceRowStride,
        int targetRowStride)
    {
        int row = index / width;
        int column = index % width;
        target[(row * targetRowStride) + column] += source[(row * sourceRowStride) + column];
    }
}
