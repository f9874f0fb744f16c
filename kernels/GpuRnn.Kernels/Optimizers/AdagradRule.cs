using System;
using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Optimizers;

/// <summary>Gradient descent scaled by the sum of all squared gradients so far.</summary>
/// <typeparam name="T">The lane of the update.</typeparam>
/// <remarks>
/// s = s + g²; p = p − rate · g / (√s + epsilon), with rate = learningRate / (1 + (step − 1) · learningRateDecay). Duchi, Hazan and Singer
/// (2011), in PyTorch's form. Keeps s, which starts at a number of the caller's.
/// </remarks>
public readonly struct AdagradRule<T> : IUpdateRule<AdagradRule<T>, T>
    where T : struct, IReal<T>
{
    /// <summary>Factor of the step.</summary>
    public T Rate { get; init; }

    /// <summary>Added to the root of the sum.</summary>
    public T Epsilon { get; init; }

    /// <summary>Rounds the numbers of one step, counted from 1, to the lane.</summary>
    public static AdagradRule<T> Create(Func<double, T> round, double learningRate, double learningRateDecay, double epsilon, long step)
    {
        ArgumentNullException.ThrowIfNull(round);
        return new AdagradRule<T> { Rate = round(learningRate / (1.0 + ((step - 1) * learningRateDecay))), Epsilon = round(epsilon) };
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply(in AdagradRule<T> rule, ref T parameter, T gradient, ref T first, ref T second)
    {
        first = T.MultiplyAdd(gradient, gradient, first);
        parameter = T.MultiplyAdd(-rule.Rate, gradient / (T.Sqrt(first) + rule.Epsilon), parameter);
    }
}
