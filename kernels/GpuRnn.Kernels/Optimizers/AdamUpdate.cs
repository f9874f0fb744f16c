using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Optimizers;

/// <summary>Adam and AdamW: gradient descent scaled by bias-corrected running moments.</summary>
/// <remarks>
/// <para>
/// p' = p · (1 − learningRate · weightDecay) for AdamW, p' = p for Adam; g' = g for AdamW, g' = g + weightDecay · p for Adam;
/// m = β₁ m + (1 − β₁) g'; v = β₂ v + (1 − β₂) g'²; p = p' − learningRate / (1 − β₁^step) · m / (√v / √(1 − β₂^step) + epsilon).
/// </para>
/// <para>Sources: Kingma and Ba (2015); Loshchilov and Hutter (2019) for AdamW; order of operations as in PyTorch.</para>
/// </remarks>
public static class AdamUpdate
{
    /// <summary>The update of one element, for any lane; in <see cref="F64"/> it is the reference.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply<T>(ref T parameter, T gradient, ref T firstMoment, ref T secondMoment, in AdamCoefficients<T> coefficients)
        where T : struct, IReal<T>
    {
        T decayed = T.MultiplyAdd(coefficients.GradientDecay, parameter, gradient);
        T shrunk = coefficients.ParameterFactor * parameter;
        firstMoment = T.MultiplyAdd(coefficients.Beta1, firstMoment, coefficients.OneMinusBeta1 * decayed);
        secondMoment = T.MultiplyAdd(coefficients.Beta2, secondMoment, coefficients.OneMinusBeta2 * (decayed * decayed));
        T denominator = (T.Sqrt(secondMoment) / coefficients.RootCorrection) + coefficients.Epsilon;
        parameter = T.MultiplyAdd(-coefficients.StepSize, firstMoment / denominator, shrunk);
    }

    /// <summary>Updates parameters and moments.</summary>
    /// <remarks>Threads: one an element. Aliasing: none.</remarks>
    public static void Update(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> parameters,     // [n]; changed
        ArrayView1D<float, Stride1D.Dense> gradients,      // [n]
        ArrayView1D<float, Stride1D.Dense> firstMoments,   // [n]; changed; zeros at the start
        ArrayView1D<float, Stride1D.Dense> secondMoments,  // [n]; changed; zeros at the start
        AdamCoefficients<F32> coefficients)
    {
        F32 parameter = new(parameters[index]);
        F32 firstMoment = new(firstMoments[index]);
        F32 secondMoment = new(secondMoments[index]);
        Apply(ref parameter, new F32(gradients[index]), ref firstMoment, ref secondMoment, coefficients);
        parameters[index] = parameter.Value;
        firstMoments[index] = firstMoment.Value;
        secondMoments[index] = secondMoment.Value;
    }
}
