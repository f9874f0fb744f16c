using System;
using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Optimizers;

/// <summary>Gradient descent, with momentum and in Nesterov's form.</summary>
/// <typeparam name="T">The lane of the update.</typeparam>
/// <remarks>
/// v = momentum · v + g; p = p − learningRate · v, or in Nesterov's form p = p − learningRate · (g + momentum · v). PyTorch's SGD (without
/// dampening), which after Sutskever et al. (2013) leaves the learning rate out of v. Keeps v; without momentum nothing.
/// </remarks>
public readonly struct SgdRule<T> : IUpdateRule<SgdRule<T>, T>
    where T : struct, IReal<T>
{
    /// <summary>Factor of the step.</summary>
    public T LearningRate { get; init; }

    /// <summary>Share of the velocity that stays.</summary>
    public T Momentum { get; init; }

    /// <summary>1 for Nesterov's form, else 0.</summary>
    public T Nesterov { get; init; }

    /// <summary>Rounds the numbers of one step to the lane.</summary>
    public static SgdRule<T> Create(Func<double, T> round, double learningRate, double momentum, bool isNesterov)
    {
        ArgumentNullException.ThrowIfNull(round);
        return new SgdRule<T> { LearningRate = round(learningRate), Momentum = round(momentum), Nesterov = isNesterov ? T.One : T.Zero };
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply(in SgdRule<T> rule, ref T parameter, T gradient, ref T first, ref T second)
    {
        first = T.MultiplyAdd(rule.Momentum, first, gradient);
        T ahead = T.MultiplyAdd(rule.Momentum, first, gradient);
        parameter = T.MultiplyAdd(-rule.LearningRate, T.SelectGreater(rule.Nesterov, T.Zero, ahead, first), parameter);
    }
}
