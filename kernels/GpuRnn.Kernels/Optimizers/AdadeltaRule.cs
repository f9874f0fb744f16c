using System;
using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Optimizers;

/// <summary>Steps whose size follows the steps before, in the unit of the parameter.</summary>
/// <typeparam name="T">The lane of the update.</typeparam>
/// <remarks>
/// s = rho · s + (1 − rho) · g²; d = √(u + epsilon) / √(s + epsilon) · g; u = rho · u + (1 − rho) · d²; p = p − learningRate · d. Zeiler (2012),
/// in PyTorch's form. Keeps s and u.
/// </remarks>
public readonly struct AdadeltaRule<T> : IUpdateRule<AdadeltaRule<T>, T>
    where T : struct, IReal<T>
{
    /// <summary>Factor of the step.</summary>
    public T LearningRate { get; init; }

    /// <summary>Share of the running means that stays.</summary>
    public T Rho { get; init; }

    /// <summary>1 − rho, not computed in the lane, where most of its digits would cancel.</summary>
    public T OneMinusRho { get; init; }

    /// <summary>Added under both roots.</summary>
    public T Epsilon { get; init; }

    /// <summary>Rounds the numbers of one step to the lane.</summary>
    public static AdadeltaRule<T> Create(Func<double, T> round, double learningRate, double rho, double epsilon)
    {
        ArgumentNullException.ThrowIfNull(round);
        return new AdadeltaRule<T>
        {
            LearningRate = round(learningRate),
            Rho = round(rho),
            OneMinusRho = round(1.0 - rho),
            Epsilon = round(epsilon),
        };
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply(in AdadeltaRule<T> rule, ref T parameter, T gradient, ref T first, ref T second)
    {
        first = T.MultiplyAdd(rule.Rho, first, rule.OneMinusRho * (gradient * gradient));
        T step = (T.Sqrt(second + rule.Epsilon) / T.Sqrt(first + rule.Epsilon)) * gradient;
        second = T.MultiplyAdd(rule.Rho, second, rule.OneMinusRho * (step * step));
        parameter = T.MultiplyAdd(-rule.LearningRate, step, parameter);
    }
}
