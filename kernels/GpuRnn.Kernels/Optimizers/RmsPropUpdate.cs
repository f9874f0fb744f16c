using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Optimizers;

/// <summary>Gradient descent scaled by a running mean of squared gradients.</summary>
/// <remarks>
/// g' = g + weightDecay · p; s = alpha · s + (1 − alpha) · g'²; v = momentum · v + g' / (√s + epsilon); p = p − learningRate · v, with
/// s = v = 0 at the start. Tieleman and Hinton (2012), in PyTorch's form: epsilon outside the root, not centred.
/// </remarks>
public static class RmsPropUpdate
{
    /// <summary>The update of one element, for any lane; in <see cref="F64"/> it is the reference.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply<T>(ref T parameter, T gradient, ref T meanSquare, ref T velocity, in RmsPropCoefficients<T> coefficients)
        where T : struct, IReal<T>
    {
        T decayed = T.MultiplyAdd(coefficients.WeightDecay, parameter, gradient);
        T squared = coefficients.OneMinusAlpha * (decayed * decayed);
        meanSquare = T.MultiplyAdd(coefficients.Alpha, meanSquare, squared);
        T scaled = decayed / (T.Sqrt(meanSquare) + coefficients.Epsilon);
        velocity = T.MultiplyAdd(coefficients.Momentum, velocity, scaled);
        parameter = T.MultiplyAdd(-coefficients.LearningRate, velocity, parameter);
    }

    /// <summary>Updates parameters, mean squares and velocities.</summary>
    /// <remarks>Threads: one an element. Aliasing: none.</remarks>
    public static void Update(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> parameters,   // [n]; changed
        ArrayView1D<float, Stride1D.Dense> gradients,    // [n]
        ArrayView1D<float, Stride1D.Dense> meanSquares,  // [n]; changed; zeros at the start
        ArrayView1D<float, Stride1D.Dense> velocities,   // [n]; changed; zeros at the start
        RmsPropCoefficients<F32> coefficients)
    {
        F32 parameter = new(parameters[index]);
        F32 meanSquare = new(meanSquares[index]);
        F32 velocity = new(velocities[index]);
        Apply(ref parameter, new F32(gradients[index]), ref meanSquare, ref velocity, coefficients);
        parameters[index] = parameter.Value;
        meanSquares[index] = meanSquare.Value;
        velocities[index] = velocity.Value;
    }
}
