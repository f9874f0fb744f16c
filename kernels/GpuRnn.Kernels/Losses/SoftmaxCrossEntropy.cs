using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
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
    /// <summary>The kernels that the library uses: over one column at a time, and over sixteen where the device has vectors.</summary>
    public static IEnumerable<MethodInfo> ClosedForms() => new[] { typeof(F32), typeof(F32Vector<Lanes16>) }.Select(Form);

    /// <summary>The kernel for rows of <paramref name="v"/> columns.</summary>
    /// <param name="v">V.</param>
    /// <param name="hasVectors">True where a thread of the device has vectors. A GPU's has none; short rows gain nothing from them.</param>
    public static MethodInfo FormFor(int v, bool hasVectors) => Form(hasVectors && v >= Lanes16.Count ? typeof(F32Vector<Lanes16>) : typeof(F32));

    /// <summary>terms[row] = rowWeight · row loss; gradients[row] = scale · rowWeight · its derivative; zeros for a row that does not count.</summary>
    /// <remarks>
    /// Formula in double: <see cref="SoftmaxCrossEntropyReference"/>. Threads: one a row, extent N; each element of the lane adds the columns at its
    /// distance, ascending, then the elements and at last the columns that fill no lane. Aliasing: none. Between the two passes the row of the
    /// gradient holds the exponentials, each of which is so computed once.
    /// </remarks>
    public static void Forward<TLane>(
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
        where TLane : struct, IVectorReal<TLane>
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

        F32 largest = Largest<TLane>(logits.BaseView, first, v);
        F32 sum = SumOfExponentials<TLane>(logits.BaseView, gradients.BaseView, first, v, largest, wantsGradient);
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
            F32 smoothed = Smoothed<TLane>(logits.BaseView, classWeights.BaseView, first, v, logarithm, largest, hasClassWeights, out F32 weightSum);
            value = F32.MultiplyAdd(share, smoothed, value);
            total = F32.MultiplyAdd(share, weightSum, total);
        }

        terms[index] = rowWeight * value.Value;
        if (wantsGradient != 0)
        {
            F32 factor = new F32(scale) * new F32(rowWeight);
            int whole = v - (v % TLane.Count);
            for (int i = 0; i < whole; i += TLane.Count)
            {
                TLane exponential = TLane.Load(gradients.BaseView, first + i);
                TLane weight = hasClassWeights != 0 ? TLane.Load(classWeights.BaseView, i) : TLane.One;
                TLane.Store(gradients.BaseView, first + i, Derivative(exponential, weight, TLane.Zero, TLane.Broadcast(sum.Value), TLane.Broadcast(total.Value), TLane.Broadcast(share.Value), TLane.Broadcast(factor.Value)));
            }

            for (int i = whole; i < v; i++)
            {
                F32 weight = new(hasClassWeights != 0 ? classWeights[i] : 1f);
                gradients[first + i] = Derivative(new F32(gradients[first + i]), weight, F32.Zero, sum, total, share, factor).Value;
            }

            // The one column with a class of its own again, from the same exponential.
            if (target >= 0 && target < v)
            {
                F32 weight = new(hasClassWeights != 0 ? classWeights[target] : 1f);
                gradients[first + target] = Derivative(F32.Exp(chosen), weight, chosenWeight, sum, total, share, factor).Value;
            }
        }
    }

    private static MethodInfo Form(Type lane) => typeof(SoftmaxCrossEntropy).GetMethod(nameof(Forward))!.MakeGenericMethod(lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Derivative<T>(T exponential, T weight, T hit, T sum, T total, T share, T factor)
        where T : struct, IReal<T>
    {
        T wanted = T.MultiplyAdd(share, weight, hit);
        T given = total * (exponential / sum);
        return factor * (given - wanted);
    }

    internal static F32 Largest<TLane>(ArrayView<float> logits, int first, int v)
        where TLane : struct, IVectorReal<TLane>
    {
        int whole = v - (v % TLane.Count);
        TLane lanes = TLane.Broadcast(float.NegativeInfinity);
        for (int i = 0; i < whole; i += TLane.Count)
        {
            lanes = TLane.Max(lanes, TLane.Load(logits, first + i));
        }

        F32 largest = F32.Constant(float.NegativeInfinity);
        for (int i = 0; i < TLane.Count; i++)
        {
            largest = F32.Max(largest, new F32(TLane.Element(lanes, i)));
        }

        for (int i = whole; i < v; i++)
        {
            largest = F32.Max(largest, new F32(logits[first + i]));
        }

        return largest;
    }

    private static F32 SumOfExponentials<TLane>(
        ArrayView<float> logits, ArrayView<float> kept, int first, int v, F32 largest, int keeps)
        where TLane : struct, IVectorReal<TLane>
    {
        int whole = v - (v % TLane.Count);
        TLane shift = TLane.Broadcast(largest.Value);
        TLane lanes = TLane.Zero;
        for (int i = 0; i < whole; i += TLane.Count)
        {
            TLane exponential = TLane.Exp(TLane.Load(logits, first + i) - shift);
            lanes = lanes + exponential;
            if (keeps != 0)
            {
                TLane.Store(kept, first + i, exponential);
            }
        }

        F32 sum = Added(lanes);
        for (int i = whole; i < v; i++)
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

    // Σ w · (logarithm − (x − largest)), and Σ w.
    private static F32 Smoothed<TLane>(
        ArrayView<float> logits,
        ArrayView<float> classWeights,
        int first,
        int v,
        F32 logarithm,
        F32 largest,
        int hasClassWeights,
        out F32 weightSum)
        where TLane : struct, IVectorReal<TLane>
    {
        int whole = v - (v % TLane.Count);
        TLane top = TLane.Broadcast(logarithm.Value);
        TLane shift = TLane.Broadcast(largest.Value);
        TLane weights = TLane.Zero;
        TLane lanes = TLane.Zero;
        for (int i = 0; i < whole; i += TLane.Count)
        {
            TLane weight = hasClassWeights != 0 ? TLane.Load(classWeights, i) : TLane.One;
            weights = weights + weight;
            lanes = TLane.MultiplyAdd(weight, top - (TLane.Load(logits, first + i) - shift), lanes);
        }

        weightSum = Added(weights);
        F32 sum = Added(lanes);
        for (int i = whole; i < v; i++)
        {
            F32 weight = new(hasClassWeights != 0 ? classWeights[i] : 1f);
            weightSum += weight;
            sum = F32.MultiplyAdd(weight, logarithm - (new F32(logits[first + i]) - largest), sum);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static F32 Added<TLane>(TLane lanes)
        where TLane : struct, IVectorReal<TLane>
    {
        F32 sum = F32.Zero;
        for (int i = 0; i < TLane.Count; i++)
        {
            sum += new F32(TLane.Element(lanes, i));
        }

        return sum;
    }
}
