using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Losses;

/// <summary>(p − t)², with derivative 2 (p − t); no setting.</summary>
public readonly struct SquaredError : IElementLoss
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Value<T>(T prediction, T target, T setting)
        where T : struct, IReal<T>
    {
        T difference = prediction - target;
        return difference * difference;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Derivative<T>(T prediction, T target, T setting)
        where T : struct, IReal<T>
    {
        T difference = prediction - target;
        return difference + difference;
    }
}
