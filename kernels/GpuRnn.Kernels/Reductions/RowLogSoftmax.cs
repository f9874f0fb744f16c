using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Reductions;

/// <summary>The logarithm of the softmax of each row.</summary>
/// <remarks>
/// y_v = x_v − m − log Σ_u e^(x_u − m) with m = max x: finite where the softmax itself would be too small for a float. Backward:
/// dL/dx_v = g_v − e^(y_v) Σ_u g_u.
/// </remarks>
public static class RowLogSoftmax
{
    /// <summary>result[row] = log softmax(source[row]).</summary>
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
            sum += F32.Exp(new F32(source[first + i]) - largest);
        }

        F32 logarithm = F32.Log(sum);
        for (int i = 0; i < v; i++)
        {
            result[first + i] = (new F32(source[first + i]) - largest - logarithm).Value;
        }
    }

    /// <summary>sourceGradient[row] = resultGradient − e^result · Σ resultGradient.</summary>
    /// <remarks>Threads: one a row, extent N; sums ascend. Aliasing: sourceGradient may be resultGradient.</remarks>
    public static void Backward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> result,          // [N, V]
        ArrayView1D<float, Stride1D.Dense> resultGradient,  // [N, V]
        ArrayView1D<float, Stride1D.Dense> sourceGradient,  // [N, V]; set
        int v)                                              // V
    {
        int first = index * v;
        F32 sum = F32.Zero;
        for (int i = 0; i < v; i++)
        {
            sum += new F32(resultGradient[first + i]);
        }

        for (int i = 0; i < v; i++)
        {
            F32 share = F32.Exp(new F32(result[first + i])) * sum;
            sourceGradient[first + i] = (new F32(resultGradient[first + i]) - share).Value;
        }
    }
}
