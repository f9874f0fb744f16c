using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Optimizers;

/// <summary>The factor that brings the global norm of all gradients under a bound (Pascanu, Mikolov and Bengio 2013).</summary>
public static class ClipFactor
{
    /// <summary>Added to the norm, as in PyTorch's <c>clip_grad_norm_</c>, so that a norm of zero divides.</summary>
    public const float NormOffset = 1e-6f;

    /// <summary>norm = √sumOfSquares; factor = min(1, maxNorm / (norm + <see cref="NormOffset"/>)). NaN stays NaN in both.</summary>
    /// <remarks>
    /// Threads: one. Aliasing: none. <see cref="GpuRnn.Kernels.Elementwise.Scale.ByView"/> applies the factor. The squares of
    /// single-precision gradients overflow above a norm of 1.8e19; the norm is then infinite and the factor 0.
    /// </remarks>
    public static void Forward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> sumsOfSquares,  // [1]
        ArrayView1D<float, Stride1D.Dense> norms,          // [1]; set
        ArrayView1D<float, Stride1D.Dense> factors,        // [1]; set
        float maxNorm)
    {
        F32 norm = F32.Sqrt(new F32(sumsOfSquares[index]));
        norms[index] = norm.Value;
        factors[index] = Apply(norm, new F32(maxNorm)).Value;
    }

    /// <summary>The factor, for any lane.</summary>
    public static T Apply<T>(T norm, T maxNorm)
        where T : struct, IReal<T> =>
        T.Min(T.One, maxNorm / (norm + T.Constant(NormOffset)));
}
