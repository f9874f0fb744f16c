using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Losses;

/// <summary>The cross-entropy between the softmax of each row of logits and the class that the row's target names.</summary>
/// <remarks>
/// <para>
/// Row loss: log Σ_v e^(x_v) − x_t, computed as log Σ_v e^(x_v − m) − (x_t − m) with m = max x, so that nothing overflows. Derivative:
/// softmax(x)_v − [v = t]. A row whose target is ignoreIndex counts neither in the loss nor in the mean (PyTorch's <c>cross_entropy</c>).
/// </para>
/// <para>
/// Mean over rows: the sum of the terms divided by the sum of the counts; NaN when every row is ignored, as in PyTorch. A target
/// outside 0..V−1 that is not ignored is the caller's mistake; its row becomes NaN instead of reading beyond the row.
/// </para>
/// </remarks>
public static class SoftmaxCrossEntropy
{
    /// <summary>terms[row] = row loss, counts[row] = 1; both 0 for an ignored row.</summary>
    /// <remarks>
    /// Formula in double: <see cref="SoftmaxCrossEntropyReference"/>. Threads: one a row, extent N; sums ascend. Aliasing: none.
    /// </remarks>
    public static void Forward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> logits,  // [N, V]
        ArrayView1D<int, Stride1D.Dense> targets,   // [N]
        ArrayView1D<float, Stride1D.Dense> terms,   // [N]; set
        ArrayView1D<float, Stride1D.Dense> counts,  // [N]; set
        int v,                                      // V
        int ignoreIndex)
    {
        int target = targets[index];
        if (target == ignoreIndex)
        {
            terms[index] = 0f;
            counts[index] = 0f;
            return;
        }

        int first = index * v;
        F32 largest = Largest(logits, first, v);
        F32 sum = SumOfExponentials(logits, first, v, largest);
        F32 chosen = F32.Constant(float.NaN);
        if (target >= 0 && target < v)
        {
            chosen = new F32(logits[first + target]) - largest;
        }

        terms[index] = (F32.Log(sum) - chosen).Value;
        counts[index] = 1f;
    }

    /// <summary>gradients[row] = scales[0] · (softmax(logits[row]) − one-hot(target)); zeros for an ignored row.</summary>
    /// <remarks>
    /// The scale is the gradient of the sum of the terms: for a mean, 1 / Σ counts. Threads: one a row, extent N; sums ascend.
    /// Aliasing: gradients may be logits.
    /// </remarks>
    public static void Backward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> logits,     // [N, V]
        ArrayView1D<int, Stride1D.Dense> targets,      // [N]
        ArrayView1D<float, Stride1D.Dense> scales,     // [1]
        ArrayView1D<float, Stride1D.Dense> gradients,  // [N, V]; set
        int v,                                         // V
        int ignoreIndex)
    {
        int first = index * v;
        int target = targets[index];
        if (target == ignoreIndex)
        {
            for (int i = 0; i < v; i++)
            {
                gradients[first + i] = 0f;
            }

            return;
        }

        F32 largest = Largest(logits, first, v);
        F32 sum = SumOfExponentials(logits, first, v, largest);
        float scale = target >= 0 && target < v ? scales[0] : float.NaN;
        for (int i = 0; i < v; i++)
        {
            F32 probability = F32.Exp(new F32(logits[first + i]) - largest) / sum;
            gradients[first + i] = scale * (i == target ? probability.Value - 1f : probability.Value);
        }
    }

    private static F32 Largest(ArrayView1D<float, Stride1D.Dense> logits, int first, int v)
    {
        F32 largest = F32.Constant(float.NegativeInfinity);
        for (int i = 0; i < v; i++)
        {
            largest = F32.Max(largest, new F32(logits[first + i]));
        }

        return largest;
    }

    private static F32 SumOfExponentials(ArrayView1D<float, Stride1D.Dense> logits, int first, int v, F32 largest)
    {
        F32 sum = F32.Zero;
        for (int i = 0; i < v; i++)
        {
            sum += F32.Exp(new F32(logits[first + i]) - largest);
        }

        return sum;
    }
}
