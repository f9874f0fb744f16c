using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Attention;

/// <summary>The additive score of every query against every key of the same sequence (Bahdanau, Cho and Bengio 2015, after their projections).</summary>
/// <remarks>
/// e[t, b, s] = Σ_a v_a · tanh(q[t, b, a] + k[s, b, a]). The tangents, T·S·B·A of them, are never stored: the backward pass computes them again.
/// With d = g[t, b, s] · v_a · (1 − tanh²): dq[t, b, a] = Σ_s d, dk[s, b, a] = Σ_t d, dv_a = Σ_{t, b, s} g[t, b, s] · tanh.
/// </remarks>
public static class AdditiveScore
{
    /// <summary>scores[t, b, s] = Σ_a v_a · tanh(q[t, b, a] + k[s, b, a]).</summary>
    /// <remarks>Threads: (t·B + b)·S + s, extent T·B·S; a ascends, one fused multiply-add each. Aliasing: none. Deterministic.</remarks>
    public static void Forward(
        Index1D index,
        [ReadOnlyView] ArrayView1D<float, Stride1D.Dense> queries,  // [T, B, A]
        [ReadOnlyView] ArrayView1D<float, Stride1D.Dense> keys,     // [S, B, A]
        [ReadOnlyView] ArrayView1D<float, Stride1D.Dense> vector,   // [A]
        ArrayView1D<float, Stride1D.Dense> scores,                  // [T, B, S]; set
        int batchSize,                                              // B
        int s,                                                      // S
        int a)                                                      // A
    {
        int row = index / s;
        int key = (((index % s) * batchSize) + (row % batchSize)) * a;
        int query = row * a;
        F32 sum = F32.Zero;
        for (int i = 0; i < a; i++)
        {
            sum = F32.MultiplyAdd(new F32(vector[i]), F32.Tanh(new F32(queries[query + i]) + new F32(keys[key + i])), sum);
        }

        scores[index] = sum.Value;
    }

    /// <summary>Adds to the gradients of queries and keys, and sets each sequence's share of the vector's.</summary>
    /// <remarks>
    /// Threads: b·A + a, extent B·A, so that each element of every gradient has one owner and each tangent is computed once; t ascends, then s.
    /// Aliasing: none. Deterministic.
    /// </remarks>
    public static void Backward(
        Index1D index,
        [ReadOnlyView] ArrayView1D<float, Stride1D.Dense> queries,         // [T, B, A]
        [ReadOnlyView] ArrayView1D<float, Stride1D.Dense> keys,            // [S, B, A]
        [ReadOnlyView] ArrayView1D<float, Stride1D.Dense> vector,          // [A]
        [ReadOnlyView] ArrayView1D<float, Stride1D.Dense> scoreGradients,  // [T, B, S]
        ArrayView1D<float, Stride1D.Dense> queryGradients,                 // [T, B, A]; added to
        ArrayView1D<float, Stride1D.Dense> keyGradients,                   // [S, B, A]; added to
        ArrayView1D<float, Stride1D.Dense> vectorShares,                   // [B, A]; set
        int t,                                                             // T
        int batchSize,                                                     // B
        int s,                                                             // S
        int a)                                                             // A
    {
        int sequence = index / a;
        int stride = batchSize * a;
        F32 weight = new(vector[index % a]);
        F32 share = F32.Zero;
        for (int step = 0; step < t; step++)
        {
            int query = (step * stride) + index;
            int score = ((step * batchSize) + sequence) * s;
            F32 start = new(queries[query]);
            F32 sum = F32.Zero;
            for (int position = 0; position < s; position++)
            {
                int key = (position * stride) + index;
                F32 tangent = F32.Tanh(start + new F32(keys[key]));
                F32 upstream = new(scoreGradients[score + position]);
                F32 slope = upstream * weight * (F32.One - (tangent * tangent));
                share = F32.MultiplyAdd(upstream, tangent, share);
                sum += slope;
                keyGradients[key] += slope.Value;
            }

            queryGradients[query] += sum.Value;
        }

        vectorShares[index] = share.Value;
    }
}
