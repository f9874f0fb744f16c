namespace GpuRnn.Kernels.Reductions;

/// <summary>The sums of a matrix over its rows: the gradient of a bias.</summary>
/// <remarks>
/// Two launches: one thread adds one column of a block of rows, ascending; then one thread a column adds the blocks, ascending. The
/// order, and so the bits, depend on neither the device nor its number of threads.
/// </remarks>
public static class ColumnSums
{
    /// <summary>Rows in a block.</summary>
    public const int BlockSize = 64;

    /// <summary>The number of blocks, and of rows of partial sums, for <paramref name="rows"/> rows.</summary>
    public static int BlockCount(int rows) => (rows + BlockSize - 1) / BlockSize;

    /// <summary>partials[block, column] = Σ source[row, column] over the block's rows.</summary>
    /// <remarks>Threads: block·n + column, extent <see cref="BlockCount"/>·N. Aliasing: none.</remarks>
    public static void Partial(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> source,    // [rows, N]
        ArrayView1D<float, Stride1D.Dense> partials,  // [BlockCount(rows), N]; set
        int rows,
        int n,                                        // N
        int rowStride)                                // elements from one row of source to the next
    {
        int block = index / n;
        int column = index % n;
        int end = XMath.Min((block + 1) * BlockSize, rows);
        float sum = 0f;
        for (int row = block * BlockSize; row < end; row++)
        {
            sum += source[(row * rowStride) + column];
        }

        partials[index] = sum;
    }

    /// <summary>result[column] = Σ partials[block, column] (+ result[column]); 0 without blocks.</summary>
    /// <remarks>Threads: one a column, extent N. Aliasing: none.</remarks>
    public static void Finish(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> partials,  // [blocks, N]
        ArrayView1D<float, Stride1D.Dense> result,    // [N]; set, or added to
        int blocks,
        int n,                                        // N
        int accumulate)                               // 1 to add to the result, else 0
    {
        float sum = accumulate != 0 ? result[index] : 0f;
        for (int block = 0; block < blocks; block++)
        {
            sum += partials[(block * n) + index];
        }

        result[index] = sum;
    }
}
