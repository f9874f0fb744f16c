namespace GpuRnn.Kernels.Elementwise;

/// <summary>Puts rows to numbered places: the inverse and the gradient of <see cref="GatherRows"/>.</summary>
public static class ScatterRows
{
    /// <summary>target[rows[row]] = source[row]; a row with a negative number is left out.</summary>
    /// <remarks>
    /// Threads: row·width + column, extent rows·width. Aliasing: none. Numbers must be distinct, otherwise threads race. Other rows of
    /// the target keep what they hold.
    /// </remarks>
    public static void Forward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> source,  // [rows, width]
        ArrayView1D<int, Stride1D.Dense> rows,      // [rows]; distinct numbers of rows of target, or negative
        ArrayView1D<float, Stride1D.Dense> target,  // [any, width]; set at those rows
        int width,
        int sourceRowStride,
        int targetRowStride)
    {
        int row = index / width;
        int column = index % width;
        int targetRow = rows[row];
        if (targetRow >= 0)
        {
            target[(targetRow * targetRowStride) + column] = source[(row * sourceRowStride) + column];
        }
    }

    /// <summary>target[rows[row]] += source[row], with numbers that may repeat.</summary>
    /// <remarks>
    /// Threads: one a column, extent width, each over all rows in ascending order: deterministic without atomics, at little parallelism.
    /// Aliasing: none.
    /// </remarks>
    public static void Accumulate(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> source,  // [rows, width]
        ArrayView1D<int, Stride1D.Dense> rows,      // [rows]; numbers of rows of target, or negative
        ArrayView1D<float, Stride1D.Dense> target,  // [any, width]; added to at those rows
        int rowCount,                               // rows of source
        int sourceRowStride,
        int targetRowStride)
    {
        for (int row = 0; row < rowCount; row++)
        {
            int targetRow = rows[row];
            if (targetRow >= 0)
            {
                target[(targetRow * targetRowStride) + index] += source[(row * sourceRowStride) + index];
            }
        }
    }
}
