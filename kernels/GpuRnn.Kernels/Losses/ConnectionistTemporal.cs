using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Losses;

/// <summary>The loss of a sequence of labels whose places in time nobody gave: connectionist temporal classification.</summary>
/// <remarks>
/// <para>
/// Graves, Fernández, Gomez and Schmidhuber 2006. Between, before and after the L labels of a row stand blanks, so that there are
/// S = 2 L + 1 states. A path takes one state a step, begins at state 0 or 1, ends at one of the last two, and from one step to the next stays,
/// goes on by one state, or by two where this leaves out a blank between different labels. The loss is −log of the sum over all paths of the
/// product of their classes' probabilities. With y the log softmax of the logits and l(s) the class of state s,
/// α(t, s) = y(t, l(s)) + log(e^α(t−1, s) + e^α(t−1, s−1) + [skip] e^α(t−1, s−2)); β runs the same way from the end, here without its own y; the
/// probability that step t is in state s is e^(α + β + loss), and the gradient by a logit is softmax − the sum of these over the class's states.
/// </para>
/// <para>
/// All in logarithms, where the impossible is <see cref="Never"/> instead of −infinity: so no difference is NaN, and no row needs a branch of
/// its own. Rows of a batch are neighbours in α, so that neighbouring threads read neighbouring numbers.
/// Formula in double: <see cref="ConnectionistTemporalReference"/>. Deterministic.
/// </para>
/// </remarks>
public static class ConnectionistTemporal
{
    /// <summary>The logarithm of what cannot be; far below every sum of log probabilities.</summary>
    public const float Never = -1e30f;

    /// <summary>A loss above this belongs to labels that no path gives; it is reported as infinity.</summary>
    private const float Impossible = 1e29f;

    /// <summary>normalisers[row] = log Σ_v e^(logits[row, v]).</summary>
    /// <remarks>Threads: one a row, extent T*B; sums ascend. Aliasing: none.</remarks>
    public static void Normalise(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> logits,       // [T*B, V]
        ArrayView1D<float, Stride1D.Dense> normalisers,  // [T*B]; set
        int v)                                           // V
    {
        int first = index * v;
        F32 largest = SoftmaxCrossEntropy.Largest<F32>(logits.BaseView, first, v);
        F32 sum = F32.Zero;
        for (int i = 0; i < v; i++)
        {
            sum += F32.Exp(new F32(logits[first + i]) - largest);
        }

        normalisers[index] = (largest + F32.Log(sum)).Value;
    }

    /// <summary>α, and the loss of each row: infinity where no path gives its labels.</summary>
    /// <remarks>Threads: one a row of the batch, extent B. Aliasing: none. What lies beyond a row's steps or states is <see cref="Never"/>.</remarks>
    public static void Forward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> logits,       // [T, B, V]
        ArrayView1D<float, Stride1D.Dense> normalisers,  // [T, B]
        ArrayView1D<int, Stride1D.Dense> labels,         // [S, B]: the class of each state
        ArrayView1D<int, Stride1D.Dense> extents,        // [2, B]: steps, then states of each row
        ArrayView1D<float, Stride1D.Dense> alpha,        // [T, S, B]; set
        ArrayView1D<float, Stride1D.Dense> losses,       // [B]; set
        int t,                                           // T
        int b,                                           // B
        int v,                                           // V
        int s)                                           // S
    {
        int steps = extents[index];
        int states = extents[b + index];
        for (int step = 0; step < t; step++)
        {
            int row = (step * b) + index;
            float normaliser = normalisers[row];
            for (int state = 0; state < s; state++)
            {
                int at = (((step * s) + state) * b) + index;
                float before = state < 2 ? 0f : Never;
                if (step > 0)
                {
                    int from = at - (s * b);
                    float stay = alpha[from];
                    float next = Never;
                    float skip = Never;
                    if (state > 0)
                    {
                        next = alpha[from - b];
                    }

                    if (state > 1)
                    {
                        float two = alpha[from - (2 * b)];
                        skip = labels[(state * b) + index] != labels[((state - 2) * b) + index] ? two : Never;
                    }

                    before = LogSum(stay, next, skip);
                }

                float value = before + (logits[(row * v) + labels[(state * b) + index]] - normaliser);
                alpha[at] = step < steps && state < states ? value : Never;
            }
        }

        float loss = states == 1 ? 0f : -Never;
        if (steps > 0)
        {
            int last = ((((steps - 1) * s) + states - 1) * b) + index;
            float blank = alpha[last];
            float label = Never;
            if (states > 1)
            {
                label = alpha[last - b];
            }

            loss = -LogSum(blank, label, Never);
        }

        losses[index] = loss > Impossible ? float.PositiveInfinity : loss;
    }

    /// <summary>The probability that step t of a row is in state s, given its labels.</summary>
    /// <remarks>
    /// Threads: one a row of the batch, extent B. Aliasing: posteriors may be alpha. 0 beyond a row's steps or states; of no use where the loss
    /// is infinite.
    /// </remarks>
    public static void Backward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> logits,       // [T, B, V]
        ArrayView1D<float, Stride1D.Dense> normalisers,  // [T, B]
        ArrayView1D<int, Stride1D.Dense> labels,         // [S, B]
        ArrayView1D<int, Stride1D.Dense> extents,        // [2, B]
        ArrayView1D<float, Stride1D.Dense> alpha,        // [T, S, B]
        ArrayView1D<float, Stride1D.Dense> losses,       // [B]
        ArrayView1D<float, Stride1D.Dense> beta,         // [2, S, B]: β with its own y, of this step and of the one after; scratch
        ArrayView1D<float, Stride1D.Dense> posteriors,   // [T, S, B]; set
        int t,                                           // T
        int b,                                           // B
        int v,                                           // V
        int s)                                           // S
    {
        int steps = extents[index];
        int states = extents[b + index];
        float loss = losses[index];
        for (int step = t - 1; step >= 0; step--)
        {
            int row = (step * b) + index;
            float normaliser = normalisers[row];
            int here = (step % 2 * s * b) + index;
            int there = ((step + 1) % 2 * s * b) + index;
            for (int state = 0; state < s; state++)
            {
                float after = Never;
                if (step < t - 1)
                {
                    int from = there + (state * b);
                    float stay = beta[from];
                    float next = Never;
                    float skip = Never;
                    if (state + 1 < s)
                    {
                        next = beta[from + b];
                    }

                    if (state + 2 < s)
                    {
                        float two = beta[from + (2 * b)];
                        skip = labels[(state * b) + index] != labels[((state + 2) * b) + index] ? two : Never;
                    }

                    after = LogSum(stay, next, skip);
                }

                after = step == steps - 1 && state >= states - 2 ? 0f : after;
                after = step < steps && state < states ? after : Never;
                int at = (((step * s) + state) * b) + index;
                beta[here + (state * b)] = after + (logits[(row * v) + labels[(state * b) + index]] - normaliser);
                posteriors[at] = F32.Exp(new F32(alpha[at] + after + loss)).Value;
            }
        }
    }

    /// <summary>gradients = upstream · (softmax(logits) − Σ of the posteriors of each class's states); 0 at steps that are not there.</summary>
    /// <remarks>
    /// Threads: one a row, extent T*B; states ascend. Aliasing: gradients may be logits. A row of infinite loss becomes NaN at its steps, as in
    /// PyTorch, or 0 where zeroInfinity is 1.
    /// </remarks>
    public static void Gradient(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> logits,       // [T, B, V]
        ArrayView1D<float, Stride1D.Dense> normalisers,  // [T, B]
        ArrayView1D<int, Stride1D.Dense> labels,         // [S, B]
        ArrayView1D<int, Stride1D.Dense> extents,        // [2, B]
        ArrayView1D<float, Stride1D.Dense> posteriors,   // [T, S, B]
        ArrayView1D<float, Stride1D.Dense> losses,       // [B]
        ArrayView1D<float, Stride1D.Dense> upstream,     // [B]
        ArrayView1D<float, Stride1D.Dense> gradients,    // [T, B, V]; set
        int b,                                           // B
        int v,                                           // V
        int s,                                           // S
        int zeroInfinity)                                // 1 or 0
    {
        int row = index % b;
        int step = index / b;
        int first = index * v;
        bool isLost = losses[row] > Impossible;
        float scale = isLost ? float.NaN : upstream[row];
        if (step >= extents[row] || (isLost && zeroInfinity == 1))
        {
            for (int i = 0; i < v; i++)
            {
                gradients[first + i] = 0f;
            }

            return;
        }

        float normaliser = normalisers[index];
        for (int i = 0; i < v; i++)
        {
            gradients[first + i] = scale * F32.Exp(new F32(logits[first + i] - normaliser)).Value;
        }

        int states = extents[b + row];
        for (int state = 0; state < states; state++)
        {
            gradients[first + labels[(state * b) + row]] -= scale * posteriors[(((step * s) + state) * b) + row];
        }
    }

    /// <summary>log(e^a + e^b + e^c); the largest goes out of the exponentials, so that one of them is 1.</summary>
    private static float LogSum(float a, float b, float c)
    {
        // Not below Never, so that three logarithms of −∞, from logits of −∞, give −∞ and not NaN.
        F32 largest = F32.Max(F32.Max(new F32(a), new F32(b)), F32.Max(new F32(c), new F32(Never)));
        F32 sum = F32.Exp(new F32(a) - largest) + F32.Exp(new F32(b) - largest) + F32.Exp(new F32(c) - largest);
        return (largest + F32.Log(sum)).Value;
    }
}
