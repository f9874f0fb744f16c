using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Losses;

/// <summary>The pinball loss, smallest in the mean at a quantile. The setting is the quantile's level q in 0..1.</summary>
/// <remarks>
/// With e = t − p: q·e where e ≥ 0, else (q − 1)·e; derivative −q where e > 0, 1 − q where e &lt; 0, and 0 at the kink
/// (Koenker and Bassett 1978).
/// </remarks>
public readonly struct QuantileError : IElementLoss
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Value<T>(T prediction, T target, T setting)
        where T : struct, IReal<T>
    {
        T shortfall = target - prediction;
        return T.Max((setting - T.One) * shortfall, setting * shortfall);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Derivative<T>(T prediction, T target, T setting)
        where T : struct, IReal<T>
    {
        // What is neither above nor below zero is ±0 or NaN and stays.
        T shortfall = target - prediction;
        T above = T.SelectGreater(T.Zero, shortfall, T.One - setting, shortfall);
        return T.SelectGreater(shortfall, T.Zero, -setting, above);
    }
}
