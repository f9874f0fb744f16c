using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Reductions;

/// <summary>The sum of an array, and of its squares, in an order that depends on the length alone.</summary>
/// <remarks>
/// Two launches: one thread adds the elements of one block, ascending; then one thread adds the blocks, ascending. The order, and so the
/// bits, depend on neither the device nor its number of threads. Error: at most (BlockSize + n / BlockSize) rounding units of Σ|x|.
/// </remarks>
public static class Sum
{
    /// <summary>Elements in a block.</summary>
    public const int BlockSize = 1024;

    /// <summary>The number of blocks, and of partial sums, for <paramref name="n"/> elements.</summary>
    public static int BlockCount(int n) => (n + BlockSize - 1) / BlockSize;

    /// <summary>partials[block] = Σ source over the block.</summary>
    /// <remarks>Threads: one a block, extent <see cref="BlockCount"/>. Aliasing: none.</remarks>
    public static void Partial(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> source,    // [n]
        ArrayView1D<float, Stride1D.Dense> partials,  // [BlockCount(n)]; set
        int n)
    {
        int first = index * BlockSize;
        int end = XMath.Min(first + BlockSize, n);
        float sum = 0f;
        for (int i = first; i < end; i++)
        {
            sum += source[i];
        }

        partials[index] = sum;
    }

    /// <summary>partials[block] = Σ source² over the block.</summary>
    /// <remarks>Threads: one a block, extent <see cref="BlockCount"/>. Aliasing: none.</remarks>
    public static void PartialOfSquares(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> source,    // [n]
        ArrayView1D<float, Stride1D.Dense> partials,  // [BlockCount(n)]; set
        int n)
    {
        int first = index * BlockSize;
        int end = XMath.Min(first + BlockSize, n);
        F32 sum = F32.Zero;
        for (int i = first; i < end; i++)
        {
            F32 value = new(source[i]);
            sum = F32.MultiplyAdd(value, value, sum);
        }

        partials[index] = sum.Value;
    }

    /// <summary>result[0] = Σ partials (+ result[0]); 0 without partials.</summary>
    /// <remarks>Threads: one. Aliasing: none.</remarks>
    public static void Finish(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> partials,  // [count]
        ArrayView1D<float, Stride1D.Dense> result,    // [1]; set, or added to
        int count,
        int accumulate)                               // 1 to add to the result, as for a norm over several arrays, else 0
    {
        float sum = accumulate != 0 ? result[index] : 0f;
        for (int i = 0; i < count; i++)
        {
            sum += partials[i];
        }

        result[index] = sum;
    }
}
