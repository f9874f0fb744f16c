using System.Reflection;
using GpuRnn.Kernels.Elementwise;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Keeps gradients from growing too large before an optimizer's step.</summary>
public static class GradientClipping
{
    private static readonly MethodInfo s_clamp = TensorKernels.Method(typeof(Clamp), nameof(Clamp.Forward));

    /// <summary>The Euclidean norm of all gradients taken as one vector; 0 without parameters.</summary>
    public static float GlobalNorm(IReadOnlyList<Parameter> parameters)
    {
        return Clip(parameters, float.PositiveInfinity);
    }

    /// <summary>Scales all gradients by min(1, maxNorm / (norm + 1e-6)), as PyTorch's clip_grad_norm_.</summary>
    /// <returns>The norm before clipping.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The largest norm is not finite and above zero.</exception>
    /// <remarks>Allocates its scratch anew each time; a <see cref="Trainer"/> keeps it.</remarks>
    public static float ByGlobalNorm(IReadOnlyList<Parameter> parameters, float maxNorm)
    {
        ArgumentCheck.Positive(maxNorm, "GradientClipping.ByGlobalNorm", nameof(maxNorm), "the largest norm to let through");
        return Clip(parameters, maxNorm);
    }

    /// <summary>Scales each gradient by min(1, maxNorm / (its norm + 1e-6)), every parameter by itself.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The largest norm is not finite and above zero.</exception>
    /// <remarks>Allocates its scratch anew each time; a <see cref="Trainer"/> keeps it.</remarks>
    public static void ByNorm(IReadOnlyList<Parameter> parameters, float maxNorm)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentCheck.Positive(maxNorm, "GradientClipping.ByNorm", nameof(maxNorm), "the largest norm to let through");
        if (parameters.Count > 0)
        {
            using GradientNorm norm = new(parameters);
            norm.ClipEach(maxNorm);
        }
    }

    /// <summary>Moves every gradient element into ±limit; NaN stays.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not finite and above zero.</exception>
    public static void ByValue(IReadOnlyList<Parameter> parameters, float limit)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentCheck.Positive(limit, "GradientClipping.ByValue", nameof(limit), "the largest magnitude to let through");
        foreach (Parameter parameter in Parameter.Distinct(parameters))
        {
            Tensor gradient = parameter.Gradient;
            TensorKernels.Launch(gradient.Device, s_clamp, gradient.Length, gradient.View, limit);
        }
    }

    private static float Clip(IReadOnlyList<Parameter> parameters, float maxNorm)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (parameters.Count == 0)
        {
            return 0.0f;
        }

        using GradientNorm norm = new(parameters);
        return norm.Clip(maxNorm);
    }
}
