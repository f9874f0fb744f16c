using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Linear;

/// <summary>Many small matrix products of one shape in one launch: one for each sequence of a batch.</summary>
public static class MatMulBatched
{
    /// <summary>C_i = op(A_i) op(B_i) (+ C_i) for each i.</summary>
    /// <remarks>
    /// Formula of each: <see cref="MatMulReference.Multiply"/>; a transposed operand is one with its strides swapped, and i moves every operand by
    /// a stride of its own, so that the sequences of a [T, B, ·] array need no copies. Threads: (i·M + row)·N + column, extent count·M·N.
    /// Aliasing: C overlaps neither A nor B. Deterministic: k ascends, one fused multiply-add each, then C. What C holds is not read unless it
    /// is added to.
    /// </remarks>
    public static void Forward(
        Index1D index,
        [ReadOnlyView] ArrayView1D<float, Stride1D.Dense> a,  // [count, M, K] by its strides
        [ReadOnlyView] ArrayView1D<float, Stride1D.Dense> b,  // [count, K, N] by its strides
        ArrayView1D<float, Stride1D.Dense> c,                 // [count, M, N] by its strides, columns adjacent
        int m,                                                // M
        int n,                                                // N
        int k,                                                // K
        int aStride,                                          // from one A to the next
        int aRowStride,
        int aColumnStride,
        int bStride,                                          // from one B to the next
        int bRowStride,
        int bColumnStride,
        int cStride,                                          // from one C to the next
        int cRowStride,
        int accumulate)                                       // 1 to add to C, else 0
    {
        int column = index % n;
        int rows = index / n;
        int row = rows % m;
        int product = rows / m;
        int left = (product * aStride) + (row * aRowStride);
        int right = (product * bStride) + (column * bColumnStride);
        int target = (product * cStride) + (row * cRowStride) + column;

        F32 sum = F32.Zero;
        for (int i = 0; i < k; i++)
        {
            sum = F32.MultiplyAdd(new F32(a[left + (i * aColumnStride)]), new F32(b[right + (i * bRowStride)]), sum);
        }

        c[target] = accumulate != 0 ? sum.Value + c[target] : sum.Value;
    }
}
