using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells.LeakRates;

/// <summary>How a leaky unit's rate follows from the number that is kept for it.</summary>
public interface ILeakRate
{
    /// <summary>α in (0, 1].</summary>
    static abstract T Forward<T>(T parameter)
        where T : struct, IReal<T>;

    /// <summary>dL/dparameter from dL/dα.</summary>
    /// <param name="rate">α, as <see cref="Forward"/> gave it.</param>
    /// <param name="rateGradient">dL/dα.</param>
    static abstract T Backward<T>(T rate, T rateGradient)
        where T : struct, IReal<T>;
}
