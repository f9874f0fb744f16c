using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells.LeakRates;

/// <summary>The rate is the logistic function of the number, so that learning cannot move it out of (0, 1).</summary>
public readonly struct LearnedLeakRate : ILeakRate
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T>(T parameter)
        where T : struct, IReal<T> => T.Sigmoid(parameter);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T>(T rate, T rateGradient)
        where T : struct, IReal<T> => SigmoidActivation.Backward(rate, rateGradient);
}
