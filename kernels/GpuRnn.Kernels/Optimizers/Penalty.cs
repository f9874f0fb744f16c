using System;
using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Optimizers;

/// <summary>What pulls a parameter towards 0 at each step, whatever the optimizer.</summary>
/// <typeparam name="T">The lane of the update.</typeparam>
/// <remarks>g' = g + L2 · p + L1 · sign(p), with sign(0) = 0, goes to the optimizer; p' = kept · p is what it changes (Loshchilov and Hutter 2019).</remarks>
public readonly struct Penalty<T>
    where T : struct, IReal<T>
{
    /// <summary>The share of the parameter that is added to its gradient.</summary>
    public T Quadratic { get; init; }

    /// <summary>What is added to the gradient with the parameter's sign.</summary>
    public T Absolute { get; init; }

    /// <summary>1 − learningRate · weightDecay where the decay is decoupled from the gradient, else 1.</summary>
    public T Kept { get; init; }

    /// <summary>Rounds the numbers of one step to the lane.</summary>
    /// <param name="round">From double to the lane, for example <c>value => new F32((float)value)</c>.</param>
    /// <param name="learningRate">The learning rate of this step.</param>
    /// <param name="weightDecay">The decay; what it does is said by <paramref name="isDecoupled"/>.</param>
    /// <param name="isDecoupled">True where the parameter shrinks, false where its gradient grows.</param>
    /// <param name="absolute">L1.</param>
    public static Penalty<T> Create(Func<double, T> round, double learningRate, double weightDecay, bool isDecoupled, double absolute)
    {
        ArgumentNullException.ThrowIfNull(round);
        return new Penalty<T>
        {
            Quadratic = round(isDecoupled ? 0.0 : weightDecay),
            Absolute = round(absolute),
            Kept = round(isDecoupled ? 1.0 - (learningRate * weightDecay) : 1.0),
        };
    }

    /// <summary>Changes the parameter and gives the gradient for the optimizer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply(in Penalty<T> penalty, ref T parameter, T gradient)
    {
        T below = T.SelectGreater(T.Zero, parameter, -penalty.Absolute, T.Zero);
        T sign = T.SelectGreater(parameter, T.Zero, penalty.Absolute, below);
        T grown = T.MultiplyAdd(penalty.Quadratic, parameter, gradient) + sign;
        parameter = penalty.Kept * parameter;
        return grown;
    }
}
