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

    /// <summary>target[rows[group]] += Σ source[order[k]] over the group's places k: what rows with repeated numbers add up to.</summary>
    /// <remarks>
    /// Threads: group·width + column, extent groups·width. Each adds its group's rows in the given order, so the bits depend on neither the
    /// device nor its number of threads, and no atomics are needed. Aliasing: none. Other rows of the target keep what they hold.
    /// </remarks>
    public static void Accumulate(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> source,  // [any, width]
        ArrayView1D<int, Stride1D.Dense> order,     // [places]; rows of source, group after group
        ArrayView1D<int, Stride1D.Dense> starts,    // [groups + 1]; the first place of each group, and their number
        ArrayView1D<int, Stride1D.Dense> rows,      // [groups]; distinct rows of target
        ArrayView1D<float, Stride1D.Dense> target,  // [any, width]; added to at those rows
        int width,
        int sourceRowStride,
        int targetRowStride)
    {
        int group = index / width;
        int column = index % width;
        int end = starts[group + 1];
        int place = (rows[group] * targetRowStride) + column;
        float sum = target[place];
        for (int k = starts[group]; k < end; k++)
        {
            sum += source[(order[k] * sourceRowStride) + column];
        }

        target[place] = sum;
    }
}
