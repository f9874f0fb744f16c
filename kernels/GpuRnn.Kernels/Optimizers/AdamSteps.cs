using System;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Optimizers;

/// <summary>Works out the numbers of one step of Adam and its relatives in double precision; each is rounded once.</summary>
/// <remarks>Host code. The order of operations is PyTorch's.</remarks>
public static class AdamSteps
{
    // PyTorch's; of Dozat (2016), with a momentum decay of 0.004.
    private const double NadamBase = 0.96;

    // The variance of the corrected step is not bounded below this length of the moving average (Liu et al. 2020, ρ > 4; PyTorch takes 5).
    private const double LeastLength = 5.0;

    /// <summary>
    /// Adam (Kingma and Ba 2015): stepSize = learningRate / (1 − β₁^step), rootCorrection = √(1 − β₂^step), both undoing the start at 0.
    /// </summary>
    /// <param name="round">From double to the lane, for example <c>value => new F32((float)value)</c>.</param>
    /// <param name="settings">The shares and epsilon.</param>
    /// <param name="learningRate">The learning rate of this step.</param>
    /// <param name="step">The number of this update, from 1 on.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is below 1.</exception>
    public static AdamRule<T> Adam<T>(Func<double, T> round, AdamSettings settings, double learningRate, long step)
        where T : struct, IReal<T>
    {
        RequireStep(step);
        double rate = learningRate / (1.0 - Math.Pow(settings.Beta1, step));
        return Rule(round, settings, rate, 0.0, Math.Sqrt(1.0 - Math.Pow(settings.Beta2, step)), settings.Epsilon);
    }

    /// <summary>
    /// Nadam (Dozat 2016): with μ_t = β₁ (1 − 0.96^(t·momentumDecay) / 2) and M_t = Π μ, the step is learningRate · ((1 − μ_t) / (1 − M_t) · g +
    /// μ_(t+1) / (1 − M_t · μ_(t+1)) · m) over Adam's denominator.
    /// </summary>
    /// <param name="round">From double to the lane.</param>
    /// <param name="settings">The shares and epsilon.</param>
    /// <param name="momentumDecay">How fast μ grows to β₁.</param>
    /// <param name="learningRate">The learning rate of this step.</param>
    /// <param name="step">The number of this update, from 1 on.</param>
    /// <param name="product">M of the step before, 1 at the start; becomes that of this step.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is below 1.</exception>
    public static AdamRule<T> Nadam<T>(
        Func<double, T> round, AdamSettings settings, double momentumDecay, double learningRate, long step, ref double product)
        where T : struct, IReal<T>
    {
        RequireStep(step);
        double Momentum(long at) => settings.Beta1 * (1.0 - (0.5 * Math.Pow(NadamBase, at * momentumDecay)));
        product *= Momentum(step);
        double next = Momentum(step + 1);
        double momentRate = learningRate * next / (1.0 - (product * next));
        double share = (1.0 - Momentum(step)) / (1.0 - product) * (1.0 - (product * next)) / next;
        return Rule(round, settings, momentRate, share, Math.Sqrt(1.0 - Math.Pow(settings.Beta2, step)), settings.Epsilon);
    }

    /// <summary>
    /// RAdam (Liu et al. 2020): Adam's step times √((ρ − 4)(ρ − 2) ρ∞ / ((ρ∞ − 4)(ρ∞ − 2) ρ)) with ρ∞ = 2 / (1 − β₂) − 1 and ρ = ρ∞ − 2 t β₂^t / (1 − β₂^t);
    /// while ρ ≤ 5 the moment is not scaled by the root.
    /// </summary>
    /// <param name="round">From double to the lane.</param>
    /// <param name="settings">The shares and epsilon.</param>
    /// <param name="learningRate">The learning rate of this step.</param>
    /// <param name="step">The number of this update, from 1 on.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is below 1.</exception>
    public static AdamRule<T> RAdam<T>(Func<double, T> round, AdamSettings settings, double learningRate, long step)
        where T : struct, IReal<T>
    {
        RequireStep(step);
        double rate = learningRate / (1.0 - Math.Pow(settings.Beta1, step));
        double kept = Math.Pow(settings.Beta2, step);
        double most = (2.0 / (1.0 - settings.Beta2)) - 1.0;
        double length = most - (2.0 * step * kept / (1.0 - kept));
        if (length <= LeastLength)
        {
            // √v / ∞ + 1 = 1.
            return Rule(round, settings, rate, 0.0, double.PositiveInfinity, 1.0);
        }

        double rectification = Math.Sqrt((length - 4.0) * (length - 2.0) * most / ((most - 4.0) * (most - 2.0) * length));
        return Rule(round, settings, rate * rectification * Math.Sqrt(1.0 - kept), 0.0, 1.0, settings.Epsilon);
    }

    private static AdamRule<T> Rule<T>(
        Func<double, T> round, AdamSettings settings, double stepSize, double gradientShare, double rootCorrection, double epsilon)
        where T : struct, IReal<T>
    {
        ArgumentNullException.ThrowIfNull(round);
        return new AdamRule<T>
        {
            Beta1 = round(settings.Beta1),
            OneMinusBeta1 = round(1.0 - settings.Beta1),
            Beta2 = round(settings.Beta2),
            OneMinusBeta2 = round(1.0 - settings.Beta2),
            StepSize = round(stepSize),
            GradientShare = round(gradientShare),
            RootCorrection = round(rootCorrection),
            Epsilon = round(epsilon),
        };
    }

    private static void RequireStep(long step)
    {
        if (step < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(step), $"AdamSteps: step {step} arrived, but at least 1 was needed. Count the first update as 1.");
        }
    }
}
