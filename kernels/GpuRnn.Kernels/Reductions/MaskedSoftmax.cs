using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Reductions;

/// <summary>The softmax of each row over the elements that are present; the others are exactly 0.</summary>
/// <remarks>
/// y_s = p_s e^(x_s − m) / Σ_u p_u e^(x_u − m) with p_s = 1 where s is present, else 0, and m the largest present x. A row without a present element is all
/// zeros. Backward: that of <see cref="RowSoftmax"/>, in which an element with y = 0 has no share.
/// </remarks>
public static class MaskedSoftmax
{
    /// <summary>result[t, b] = softmax of scores[t, b] over the elements s with present[s, b] ≠ 0.</summary>
    /// <remarks>Threads: one a row (t, b), extent T·B; sums ascend. Aliasing: result may be scores. Rows with a present NaN or +infinity become NaN.</remarks>
    public static void Forward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> scores,   // [T, B, S]
        ArrayView1D<float, Stride1D.Dense> present,  // [S, B]
        ArrayView1D<float, Stride1D.Dense> result,   // [T, B, S]; set
        int batchSize,                               // B
        int s)                                       // S
    {
        int first = index * s;
        int sequence = index % batchSize;
        F32 largest = F32.Constant(float.NegativeInfinity);
        for (int i = 0; i < s; i++)
        {
            F32 score = present[(i * batchSize) + sequence] != 0f ? new F32(scores[first + i]) : F32.Constant(float.NegativeInfinity);
            largest = F32.Max(largest, score);
        }

        F32 sum = F32.Zero;
        for (int i = 0; i < s; i++)
        {
            float exponential = 0f;
            if (present[(i * batchSize) + sequence] != 0f)
            {
                exponential = F32.Exp(new F32(scores[first + i]) - largest).Value;
            }

            result[first + i] = exponential;
            sum += new F32(exponential);
        }

        // Without a present element the sum is 0, and so is every element.
        float divisor = sum.Value == 0f ? 1f : sum.Value;
        for (int i = 0; i < s; i++)
        {
            result[first + i] /= divisor;
        }
    }
}
