using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Losses;

/// <summary>The negative logarithm of a normal density whose mean and log-variance are both predicted.</summary>
/// <remarks>
/// With d = μ − t and s = log σ²: (s + d² e^−s) / 2 + constant; derivatives d e^−s by μ and (1 − d² e^−s) / 2 by s (Nix and Weigend 1994).
/// PyTorch's <c>gaussian_nll_loss</c> with a variance of e^s, without its lower bound; the constant is 0 or log(2π) / 2.
/// </remarks>
public static class GaussianLikelihood
{
    /// <summary>The loss of one element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Value<T>(T mean, T logVariance, T target, T constant)
        where T : struct, IReal<T>
    {
        T distance = mean - target;
        T scaled = (distance * distance) * T.Exp(-logVariance);
        return T.MultiplyAdd(T.Constant(0.5f), logVariance + scaled, constant);
    }

    /// <summary>The derivatives of <see cref="Value"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Derivatives<T>(T mean, T logVariance, T target, out T byMean, out T byLogVariance)
        where T : struct, IReal<T>
    {
        T distance = mean - target;
        byMean = distance * T.Exp(-logVariance);
        byLogVariance = T.Constant(0.5f) * (T.One - (distance * byMean));
    }

    /// <summary>terms = weight · Value; gradients = scale · weight · Derivatives.</summary>
    /// <remarks>
    /// Threads: index.X is the column, index.Y the row; one thread, one target. Aliasing: gradients may be predictions, terms may be targets.
    /// </remarks>
    public static void Forward(
        Index2D index,
        ArrayView1D<float, Stride1D.Dense> predictions,  // [rows, 2 * columns]: the means, then the log-variances
        ArrayView1D<float, Stride1D.Dense> targets,      // [rows, columns]
        ArrayView1D<float, Stride1D.Dense> weights,      // as weightForm says
        ArrayView1D<float, Stride1D.Dense> terms,        // [rows, columns]; set
        ArrayView1D<float, Stride1D.Dense> gradients,    // [rows, 2 * columns]; set where wantsGradient is 1, else left alone
        int columns,
        int weightForm,                                  // see LossWeights
        int wantsGradient,
        float constant,
        float scale)
    {
        int element = (index.Y * columns) + index.X;
        int first = (index.Y * 2 * columns) + index.X;
        F32 weight = new(LossWeights.At(weights, weightForm, index.Y, element));
        F32 mean = new(predictions[first]);
        F32 logVariance = new(predictions[first + columns]);
        F32 target = new(targets[element]);
        terms[element] = LossWeights.Apply(weight, Value(mean, logVariance, target, new F32(constant))).Value;
        if (wantsGradient != 0)
        {
            Derivatives(mean, logVariance, target, out F32 byMean, out F32 byLogVariance);
            gradients[first] = LossWeights.Apply(weight, new F32(scale) * byMean).Value;
            gradients[first + columns] = LossWeights.Apply(weight, new F32(scale) * byLogVariance).Value;
        }
    }
}
