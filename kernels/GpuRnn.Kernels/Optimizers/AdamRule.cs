using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Optimizers;

/// <summary>Adam and its relatives: gradient descent scaled by running moments. The numbers of a step come from <see cref="AdamSteps"/>.</summary>
/// <typeparam name="T">The lane of the update.</typeparam>
/// <remarks>
/// m = β₁ m + (1 − β₁) g; v = β₂ v + (1 − β₂) g²; p = p − stepSize · (m + gradientShare · g) / (√v / rootCorrection + epsilon). Keeps m and v.
/// </remarks>
public readonly struct AdamRule<T> : IUpdateRule<AdamRule<T>, T>
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

    /// <summary>Factor of the first moment.</summary>
    public T StepSize { get; init; }

    /// <summary>What of the gradient itself is added to the first moment; 0 but for Nadam.</summary>
    public T GradientShare { get; init; }

    /// <summary>The divisor of the second moment's root.</summary>
    public T RootCorrection { get; init; }

    /// <summary>Added to the corrected root of the second moment.</summary>
    public T Epsilon { get; init; }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply(in AdamRule<T> rule, ref T parameter, T gradient, ref T first, ref T second)
    {
        first = T.MultiplyAdd(rule.Beta1, first, rule.OneMinusBeta1 * gradient);
        second = T.MultiplyAdd(rule.Beta2, second, rule.OneMinusBeta2 * (gradient * gradient));
        T direction = T.MultiplyAdd(rule.GradientShare, gradient, first);
        T denominator = (T.Sqrt(second) / rule.RootCorrection) + rule.Epsilon;
        parameter = T.MultiplyAdd(-rule.StepSize, direction / denominator, parameter);
    }
}
