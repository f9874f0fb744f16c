using System;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Optimizers;

/// <summary>
/// The numbers of one Adam or AdamW update, worked out in double precision and rounded once; see <see cref="AdamUpdate"/>.
/// </summary>
/// <typeparam name="T">The lane of the update.</typeparam>
public readonly struct AdamCoefficients<T>
    where T : struct, IReal<T>
{
    /// <summary>β₁, the share of the first moment that stays.</summary>
    public T Beta1 { get; init; }

    /// <summary>1 − β₁, not computed in the lane, where most of its digits would cancel.</summary>
    public T OneMinusBeta1 { get; init; }

    /// <summary>β₂, the share of the second moment that stays.</summary>
    public T Beta2 { get; init; }

    /// <summary>1 − β₂.</summary>
    public T OneMinusBeta2 { get; init; }

    /// <summary>learningRate / (1 − β₁^step).</summary>
    public T StepSize { get; init; }

    /// <summary>√(1 − β₂^step), the divisor of the second moment's root.</summary>
    public T RootCorrection { get; init; }

    /// <summary>Added to the corrected root of the second moment.</summary>
    public T Epsilon { get; init; }

    /// <summary>Adam: share of the parameter that is added to its gradient; 0 for AdamW.</summary>
    public T GradientDecay { get; init; }

    /// <summary>AdamW: 1 − learningRate · weightDecay, by which the parameter shrinks; 1 for Adam.</summary>
    public T ParameterFactor { get; init; }

    /// <summary>Works the numbers out for one step.</summary>
    /// <param name="round">From double to the lane, for example <c>value => new F32((float)value)</c>.</param>
    /// <param name="learningRate">The learning rate of this step.</param>
    /// <param name="beta1">β₁ in 0..1, below 1.</param>
    /// <param name="beta2">β₂ in 0..1, below 1.</param>
    /// <param name="epsilon">Added to the corrected root of the second moment.</param>
    /// <param name="weightDecay">The decay; what it does is said by <paramref name="isDecoupled"/>.</param>
    /// <param name="isDecoupled">True for AdamW (the parameter shrinks), false for Adam (the gradient grows).</param>
    /// <param name="step">The number of this update, from 1 on.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is below 1.</exception>
    public static AdamCoefficients<T> ForStep(
        Func<double, T> round,
        double learningRate,
        double beta1,
        double beta2,
        double epsilon,
        double weightDecay,
        bool isDecoupled,
        long step)
    {
        ArgumentNullException.ThrowIfNull(round);
        if (step < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(step), $"AdamCoefficients.ForStep: step {step} arrived, but at least 1 was needed. Count the first update as 1.");
        }

        return new AdamCoefficients<T>
        {
            Beta1 = round(beta1),
            OneMinusBeta1 = round(1.0 - beta1),
            Beta2 = round(beta2),
            OneMinusBeta2 = round(1.0 - beta2),
            StepSize = round(learningRate / (1.0 - Math.Pow(beta1, step))),
            RootCorrection = round(Math.Sqrt(1.0 - Math.Pow(beta2, step))),
            Epsilon = round(epsilon),
            GradientDecay = round(isDecoupled ? 0.0 : weightDecay),
            ParameterFactor = round(isDecoupled ? 1.0 - (learningRate * weightDecay) : 1.0),
        };
    }
}
