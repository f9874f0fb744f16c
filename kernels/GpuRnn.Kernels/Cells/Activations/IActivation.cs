using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells.Activations;

/// <summary>A pointwise nonlinearity whose gradient follows from its output alone, so that nothing else need be kept.</summary>
public interface IActivation
{
    /// <summary>y = f(x).</summary>
    static abstract T Forward<T>(T input)
        where T : struct, IReal<T>;

    /// <summary>dL/dx = dL/dy · f'(x), with f'(x) written in terms of y.</summary>
    /// <param name="output">y, as <see cref="Forward"/> gave it.</param>
    /// <param name="outputGradient">dL/dy.</param>
    static abstract T Backward<T>(T output, T outputGradient)
        where T : struct, IReal<T>;
}
