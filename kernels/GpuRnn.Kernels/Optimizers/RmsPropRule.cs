using System;
using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Optimizers;

/// <summary>Gradient descent scaled by a running mean of squared gradients.</summary>
/// <typeparam name="T">The lane of the update.</typeparam>
/// <remarks>
/// s = alpha · s + (1 − alpha) · g²; v = momentum · v + g / (√s + epsilon); p = p − learningRate · v. Tieleman and Hinton (2012), in PyTorch's
/// form: epsilon outside the root, not centred. Keeps s and v; without momentum s alone.
/// </remarks>
public readonly struct RmsPropRule<T> : IUpdateRule<RmsPropRule<T>, T>
    where T : struct, IReal<T>
{
    /// <summary>Factor of the velocity's step.</summary>
    public T LearningRate { get; init; }

    /// <summary>Share of the old mean square that stays.</summary>
    public T Alpha { get; init; }

    /// <summary>1 − alpha, not computed in the lane, where most of its digits would cancel.</summary>
    public T OneMinusAlpha { get; init; }

    /// <summary>Share of the velocity that stays.</summary>
    public T Momentum { get; init; }

    /// <summary>Added to the root of the mean square.</summary>
    public T Epsilon { get; init; }

    /// <summary>Rounds the numbers of one step to the lane.</summary>
    public static RmsPropRule<T> Create(Func<double, T> round, double learningRate, double alpha, double momentum, double epsilon)
    {
        ArgumentNullException.ThrowIfNull(round);
        return new RmsPropRule<T>
        {
            LearningRate = round(learningRate),
            Alpha = round(alpha),
            OneMinusAlpha = round(1.0 - alpha),
            Momentum = round(momentum),
            Epsilon = round(epsilon),
        };
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply(in RmsPropRule<T> rule, ref T parameter, T gradient, ref T first, ref T second)
    {
        first = T.MultiplyAdd(rule.Alpha, first, rule.OneMinusAlpha * (gradient * gradient));
        second = T.MultiplyAdd(rule.Momentum, second, gradient / (T.Sqrt(first) + rule.Epsilon));
        parameter = T.MultiplyAdd(-rule.LearningRate, second, parameter);
    }
}
