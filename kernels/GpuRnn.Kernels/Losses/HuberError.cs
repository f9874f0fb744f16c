using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Losses;

/// <summary>The Huber loss: squared near zero, absolute far away. The setting is δ > 0, where the one becomes the other.</summary>
/// <remarks>With d = p − t: d² / 2 where |d| ≤ δ, else δ (|d| − δ / 2); derivative d, bounded to −δ..δ (Huber 1964, as in PyTorch).</remarks>
public readonly struct HuberError : IElementLoss
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Value<T>(T prediction, T target, T setting)
        where T : struct, IReal<T>
    {
        T distance = T.Abs(prediction - target);
        T half = T.Constant(0.5f);
        T near = half * (distance * distance);
        T far = setting * (distance - (half * setting));
        return T.SelectGreater(distance, setting, far, near);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Derivative<T>(T prediction, T target, T setting)
        where T : struct, IReal<T> => T.Max(-setting, T.Min(setting, prediction - target));
}
