using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Losses;

/// <summary>The binary cross-entropy between σ(p) and a target in 0..1. The setting is w, the weight of the positive class; 1 for none.</summary>
/// <remarks>
/// −w·t·log σ(p) − (1 − t)·log(1 − σ(p)), computed as (1 − t)·p + (1 + (w − 1)·t)·(log(1 + e^−|p|) + max(−p, 0)), so that nothing
/// overflows; derivative (1 − t) − (1 + (w − 1)·t)·σ(−p). PyTorch's <c>binary_cross_entropy_with_logits</c>. A loss below single
/// precision's unit of 1 becomes 0.
/// </remarks>
public readonly struct LogisticError : IElementLoss
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Value<T>(T prediction, T target, T setting)
        where T : struct, IReal<T>
    {
        T softplus = T.Log(T.One + T.Exp(-T.Abs(prediction))) + T.Max(T.Zero, -prediction);
        return T.MultiplyAdd(T.One - target, prediction, Weight(target, setting) * softplus);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Derivative<T>(T prediction, T target, T setting)
        where T : struct, IReal<T> => (T.One - target) - (Weight(target, setting) * T.Sigmoid(-prediction));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Weight<T>(T target, T setting)
        where T : struct, IReal<T> => T.MultiplyAdd(setting - T.One, target, T.One);
}
