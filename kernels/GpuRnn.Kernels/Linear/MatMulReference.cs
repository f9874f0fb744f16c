using System;

namespace GpuRnn.Kernels.Linear;

/// <summary>The matrix product in double precision, with the formula that its kernels follow.</summary>
public static class MatMulReference
{
    /// <summary>C[m, n] = Σ_k A[m, k] B[k, n] (+ C[m, n]) (+ bias[n]), for m &lt; M, n &lt; N, k &lt; K.</summary>
    /// <param name="a">A: element (m, k) at m·aRowStride + k·aColumnStride, so that a transposed matrix is one with its strides swapped.</param>
    /// <param name="b">B: element (k, n) at k·bRowStride + n·bColumnStride.</param>
    /// <param name="c">C: element (m, n) at m·cRowStride + n.</param>
    /// <param name="bias">[N], or empty for none.</param>
    /// <param name="magnitudes">
    /// Receives, at the places of C, the sum of the absolute values of all terms, from which the tolerance of a single-precision result
    /// follows; may be empty.
    /// </param>
    /// <param name="m">M, rows of C.</param>
    /// <param name="n">N, columns of C.</param>
    /// <param name="k">K; 0 leaves only bias (and C).</param>
    /// <param name="aRowStride">Elements from one row of op(A) to the next.</param>
    /// <param name="aColumnStride">Elements from one column of op(A) to the next.</param>
    /// <param name="bRowStride">Elements from one row of op(B) to the next.</param>
    /// <param name="bColumnStride">Elements from one column of op(B) to the next.</param>
    /// <param name="cRowStride">Elements from one row of C to the next.</param>
    /// <param name="accumulate">True to add to what C holds.</param>
    public static void Multiply(
        ReadOnlySpan<double> a,
        ReadOnlySpan<double> b,
        Span<double> c,
        ReadOnlySpan<double> bias,
        Span<double> magnitudes,
        int m,
        int n,
        int k,
        int aRowStride,
        int aColumnStride,
        int bRowStride,
        int bColumnStride,
        int cRowStride,
        bool accumulate)
    {
        for (int row = 0; row < m; row++)
        {
            for (int column = 0; column < n; column++)
            {
                int target = (row * cRowStride) + column;
                double sum = accumulate ? c[target] : 0.0;
                double magnitude = Math.Abs(sum);
                for (int i = 0; i < k; i++)
                {
                    double term = a[(row * aRowStride) + (i * aColumnStride)] * b[(i * bRowStride) + (column * bColumnStride)];
                    sum += term;
                    magnitude += Math.Abs(term);
                }

                if (!bias.IsEmpty)
                {
                    sum += bias[column];
                    magnitude += Math.Abs(bias[column]);
                }

                c[target] = sum;
                if (!magnitudes.IsEmpty)
                {
                    magnitudes[target] = magnitude;
                }
            }
        }
    }
}
