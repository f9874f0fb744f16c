using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Losses;

/// <summary>The cross-entropy between the softmax of each row of logits and the class that the row's target names.</summary>
/// <remarks>
/// <para>
/// The target t stands for the distribution q_v = w_v · ((1 − ε)·[v = t] + ε / V) with class weights w and label smoothing ε (Szegedy et al.
/// 2016). Row loss: −Σ_v q_v log softmax(x)_v = Σ_v q_v · (log Σ_u e^(x_u − m) − (x_v − m)) with m = max x, so that nothing overflows.
/// Derivative: softmax(x)_v · Σ_u q_u − q_v. A row whose target is ignoreIndex, or whose own weight is not above 0, counts neither in the loss
/// nor in the mean.
/// </para>
/// <para>
/// Mean over rows: the sum of the weighted terms divided by the sum of rowWeight · w_t, as PyTorch's <c>cross_entropy</c>; NaN when no row
/// counts. A target outside 0..V−1 that is not ignored is the caller's mistake; its row becomes NaN instead of reading beyond the row.
/// </para>
/// </remarks>
public static class SoftmaxCrossEntropy
{
    /// <summary>terms[row] = rowWeight · row loss; gradients[row] = scale · rowWeight · its derivative; zeros for a row that does not count.</summary>
    /// <remarks>
    /// Formula in double: <see cref="SoftmaxCrossEntropyReference"/>. Threads: one a row, extent N; sums ascend. Aliasing: none. Between the two
    /// sums the row of the gradient holds the exponentials, each of which is so computed once.
    /// </remarks>
    public static void Forward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> logits,        // [N, V]
        ArrayView1D<int, Stride1D.Dense> targets,         // [N]
        ArrayView1D<float, Stride1D.Dense> rowWeights,    // [N] where hasRowWeights is 1, else not read
        ArrayView1D<float, Stride1D.Dense> classWeights,  // [V] where hasClassWeights is 1, else not read
        ArrayView1D<float, Stride1D.Dense> terms,         // [N]; set
        ArrayView1D<float, Stride1D.Dense> gradients,     // [N, V]; set where wantsGradient is 1, else left alone
        int v,                                            // V
        int ignoreIndex,
        int hasRowWeights,
        int hasClassWeights,
        int wantsGradient,
        float smoothing,                                  // ε
        float scale)
    {
        int target = targets[index];
        int first = index * v;
        float rowWeight = hasRowWeights != 0 ? rowWeights[index] : 1f;
        if (target == ignoreIndex || !(rowWeight > 0f))
        {
            terms[index] = 0f;
            if (wantsGradient != 0)
            {
                for (int i = 0; i < v; i++)
                {
                    gradients[first + i] = 0f;
                }
            }

            return;
        }

        F32 largest = Largest(logits, first, v);
        F32 sum = SumOfExponentials(logits, gradients, first, v, largest, wantsGradient);
        F32 logarithm = F32.Log(sum);
        F32 chosen = F32.Constant(float.NaN);
        F32 chosenWeight = F32.Constant(float.NaN);
        if (target >= 0 && target < v)
        {
            chosen = new F32(logits[first + target]) - largest;
            chosenWeight = new F32(1f - smoothing) * new F32(hasClassWeights != 0 ? classWeights[target] : 1f);
        }

        F32 value = chosenWeight * (logarithm - chosen);
        F32 total = chosenWeight;
        F32 share = F32.Zero;
        if (smoothing > 0f)
        {
            share = new F32(smoothing) / new F32(v);
            F32 weightSum = F32.Zero;
            F32 smoothed = F32.Zero;
            for (int i = 0; i < v; i++)
            {
                F32 weight = new(hasClassWeights != 0 ? classWeights[i] : 1f);
                weightSum += weight;
                smoothed = F32.MultiplyAdd(weight, logarithm - (new F32(logits[first + i]) - largest), smoothed);
            }

            value = F32.MultiplyAdd(share, smoothed, value);
            total = F32.MultiplyAdd(share, weightSum, total);
        }

        terms[index] = rowWeight * value.Value;
        if (wantsGradient != 0)
        {
            F32 factor = new F32(scale) * new F32(rowWeight);
            for (int i = 0; i < v; i++)
            {
                F32 hit = i == target ? chosenWeight : F32.Zero;
                F32 wanted = F32.MultiplyAdd(share, new F32(hasClassWeights != 0 ? classWeights[i] : 1f), hit);
                F32 given = total * (new F32(gradients[first + i]) / sum);
                gradients[first + i] = (factor * (given - wanted)).Value;
            }
        }
    }

    internal static F32 Largest(ArrayView1D<float, Stride1D.Dense> logits, int first, int v)
    {
        F32 largest = F32.Constant(float.NegativeInfinity);
        for (int i = 0; i < v; i++)
        {
            largest = F32.Max(largest, new F32(logits[first + i]));
        }

        return largest;
    }

    private static F32 SumOfExponentials(
        ArrayView1D<float, Stride1D.Dense> logits, ArrayView1D<float, Stride1D.Dense> kept, int first, int v, F32 largest, int keeps)
    {
        F32 sum = F32.Zero;
        for (int i = 0; i < v; i++)
        {
            F32 exponential = F32.Exp(new F32(logits[first + i]) - largest);
            sum += exponential;
            if (keeps != 0)
            {
                kept[first + i] = exponential.Value;
            }
        }

        return sum;
    }
}
