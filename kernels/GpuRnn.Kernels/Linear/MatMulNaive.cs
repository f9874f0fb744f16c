using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Linear;

/// <summary>The matrix product with one output a thread and no shared memory: the bottom of the ladder.</summary>
public static class MatMulNaive
{
    /// <summary>C = op(A) op(B) (+ C) (+ bias).</summary>
    /// <remarks>
    /// Formula: <see cref="MatMulReference.Multiply"/>; a transposed operand is one with its strides swapped. Threads: row·n + column,
    /// extent M·n. Aliasing: C overlaps neither A nor B. Deterministic: k ascends, one fused multiply-add each, then C, then the bias.
    /// What C holds is not read unless it is added to.
    /// </remarks>
    public static void Forward(
        Index1D index,
        [ReadOnlyView] ArrayView1D<float, Stride1D.Dense> a,  // [M, K] by its strides
        [ReadOnlyView] ArrayView1D<float, Stride1D.Dense> b,  // [K, N] by its strides
        ArrayView1D<float, Stride1D.Dense> c,     // [M, N], columns adjacent
        ArrayView1D<float, Stride1D.Dense> bias,  // [N]; not read unless hasBias
        int n,                                    // N
        int k,                                    // K
        int aRowStride,
        int aColumnStride,
        int bRowStride,
        int bColumnStride,
        int cRowStride,
        int accumulate,                           // 1 to add to C, else 0
        int hasBias)                              // 1 to add the bias, else 0
    {
        int row = index / n;
        int column = index % n;
        int target = (row * cRowStride) + column;

        F32 sum = F32.Zero;
        for (int i = 0; i < k; i++)
        {
            F32 left = new(a[(row * aRowStride) + (i * aColumnStride)]);
            F32 right = new(b[(i * bRowStride) + (column * bColumnStride)]);
            sum = F32.MultiplyAdd(left, right, sum);
        }

        float result = sum.Value;
        if (accumulate != 0)
        {
            result += c[target];
        }

        if (hasBias != 0)
        {
            result += bias[column];
        }

        c[target] = result;
    }
}
