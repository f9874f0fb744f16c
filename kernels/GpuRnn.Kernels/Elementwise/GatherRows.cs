namespace GpuRnn.Kernels.Elementwise;

/// <summary>Picks rows by number: the sort by length before a packed batch, its inverse, and an embedding.</summary>
public static class GatherRows
{
    /// <summary>target[row] = source[rows[row]]; zeros where the number is negative.</summary>
    /// <remarks>Threads: row·width + column, extent rows·width. Aliasing: none. Gradient: <see cref="ScatterRows.Accumulate"/>.</remarks>
    public static void Forward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> source,  // [any, width]
        ArrayView1D<int, Stride1D.Dense> rows,      // [rows]; numbers of rows of source, or negative
        ArrayView1D<float, Stride1D.Dense> target,  // [rows, width]; set
        int width,
        int sourceRowStride,
        int targetRowStride)
    {
        int row = index / width;
        int column = index % width;
        int sourceRow = rows[row];
        float value = 0f;
        if (sourceRow >= 0)
        {
            value = source[(sourceRow * sourceRowStride) + column];
        }

        target[(row * targetRowStride) + column] = value;
    }
}
