using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Losses;

/// <summary>|p − t|, with derivative sign(p − t), 0 at the kink as in PyTorch; no setting.</summary>
public readonly struct AbsoluteError : IElementLoss
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Value<T>(T prediction, T target, T setting)
        where T : struct, IReal<T> => T.Abs(prediction - target);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Derivative<T>(T prediction, T target, T setting)
        where T : struct, IReal<T>
    {
        // What is neither above nor below zero is ±0 or NaN and stays.
        T difference = prediction - target;
        T negative = T.SelectGreater(T.Zero, difference, -T.One, difference);
        return T.SelectGreater(difference, T.Zero, T.One, negative);
    }
}
