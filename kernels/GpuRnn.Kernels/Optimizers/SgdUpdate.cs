using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Optimizers;

/// <summary>Gradient descent with momentum.</summary>
/// <remarks>
/// g' = g + weightDecay · p; v = momentum · v + g'; p = p − learningRate · v, with v = 0 at the start. PyTorch's SGD (without dampening and
/// Nesterov's form), which after Sutskever et al. (2013) leaves the learning rate out of v.
/// </remarks>
public static class SgdUpdate
{
    /// <summary>The update of one element, for any lane; in <see cref="F64"/> it is the reference.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply<T>(ref T parameter, T gradient, ref T velocity, T learningRate, T momentum, T weightDecay)
        where T : struct, IReal<T>
    {
        T decayed = T.MultiplyAdd(weightDecay, parameter, gradient);
        velocity = T.MultiplyAdd(momentum, velocity, decayed);
        parameter = T.MultiplyAdd(-learningRate, velocity, parameter);
    }

    /// <summary>Updates parameters and velocities.</summary>
    /// <remarks>Threads: one an element. Aliasing: none.</remarks>
    public static void Update(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> parameters,  // [n]; changed
        ArrayView1D<float, Stride1D.Dense> gradients,   // [n]
        ArrayView1D<float, Stride1D.Dense> velocities,  // [n]; changed; zeros at the start
        float learningRate,
        float momentum,
        float weightDecay)
    {
        F32 parameter = new(parameters[index]);
        F32 velocity = new(velocities[index]);
        Apply(ref parameter, new F32(gradients[index]), ref velocity, new F32(learningRate), new F32(momentum), new F32(weightDecay));
        parameters[index] = parameter.Value;
        velocities[index] = velocity.Value;
    }
}
