using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Reductions;

/// <summary>The softmax of each row.</summary>
/// <remarks>
/// y_v = e^(x_v − max x) / Σ_u e^(x_u − max x). Subtracting the maximum keeps every exponential in 0..1 and one of them at 1, so neither
/// overflow nor a zero denominator can occur (Bridle 1990; the shift is standard). Backward: dL/dx_v = y_v (g_v − Σ_u g_u y_u).
/// </remarks>
public static class RowSoftmax
{
    /// <summary>result[row] = softmax(source[row]).</summary>
    /// <remarks>Threads: one a row, extent N; sums ascend. Aliasing: result may be source. Rows with NaN or +infinity become NaN.</remarks>
    public static void Forward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> source,  // [N, V]
        ArrayView1D<float, Stride1D.Dense> result,  // [N, V]; set
        int v)                                      // V
    {
        int first = index * v;
        F32 largest = F32.Constant(float.NegativeInfinity);
        for (int i = 0; i < v; i++)
        {
            largest = F32.Max(largest, new F32(source[first + i]));
        }

        F32 sum = F32.Zero;
        for (int i = 0; i < v; i++)
        {
            F32 exponential = F32.Exp(new F32(source[first + i]) - largest);
            result[first + i] = exponential.Value;
            sum += exponential;
        }

        for (int i = 0; i < v; i++)
        {
            result[first + i] /= sum.Value;
        }
    }

    /// <summary>sourceGradient[row] = result · (resultGradient − Σ resultGradient · result).</summary>
    /// <remarks>Threads: one a row, extent N; sums ascend. Aliasing: sourceGradient may be resultGradient.</remarks>
    public static void Backward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> result,          // [N, V]
        ArrayView1D<float, Stride1D.Dense> resultGradient,  // [N, V]
        ArrayView1D<float, Stride1D.Dense> sourceGradient,  // [N, V]; set
        int v)                                              // V
    {
        int first = index * v;
        F32 dot = F32.Zero;
        for (int i = 0; i < v; i++)
        {
            dot = F32.MultiplyAdd(new F32(resultGradient[first + i]), new F32(result[first + i]), dot);
        }

        for (int i = 0; i < v; i++)
        {
            sourceGradient[first + i] = result[first + i] * (resultGradient[first + i] - dot.Value);
        }
    }
}
