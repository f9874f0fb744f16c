using System;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Optimizers;

/// <summary>The numbers of one RMSProp update, worked out in double precision and rounded once; see <see cref="RmsPropUpdate"/>.</summary>
/// <typeparam name="T">The lane of the update.</typeparam>
public readonly struct RmsPropCoefficients<T>
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

    /// <summary>Share of the parameter that is added to its gradient.</summary>
    public T WeightDecay { get; init; }

    /// <summary>Rounds the settings to the lane.</summary>
    /// <param name="round">From double to the lane, for example <c>value => new F32((float)value)</c>.</param>
    /// <param name="learningRate">The learning rate of this step.</param>
    /// <param name="alpha">Share of the old mean square that stays.</param>
    /// <param name="momentum">Share of the velocity that stays.</param>
    /// <param name="epsilon">Added to the root of the mean square.</param>
    /// <param name="weightDecay">Share of the parameter that is added to its gradient.</param>
    public static RmsPropCoefficients<T> Create(
        Func<double, T> round, double learningRate, double alpha, double momentum, double epsilon, double weightDecay)
    {
        ArgumentNullException.ThrowIfNull(round);
        return new RmsPropCoefficients<T>
        {
            LearningRate = round(learningRate),
            Alpha = round(alpha),
            OneMinusAlpha = round(1.0 - alpha),
            Momentum = round(momentum),
            Epsilon = round(epsilon),
            WeightDecay = round(weightDecay),
        };
    }
}
