using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Cells.LeakRates;

/// <summary>The number is the rate itself: a constant of the cell.</summary>
public readonly struct FixedLeakRate : ILeakRate
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T>(T parameter)
        where T : struct, IReal<T> => parameter;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T>(T rate, T rateGradient)
        where T : struct, IReal<T> => rateGradient;
}
