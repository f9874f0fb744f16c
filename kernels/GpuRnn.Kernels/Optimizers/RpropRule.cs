using System;
using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Optimizers;

/// <summary>A step size for each element that grows while its gradient keeps its sign and shrinks when that changes; for whole batches.</summary>
/// <typeparam name="T">The lane of the update.</typeparam>
/// <remarks>
/// With the gradient h of the step before: d is multiplied by etaPlus where g·h > 0, by etaMinus where g·h &lt; 0, and bounded; where g·h &lt; 0, g = 0;
/// p = p − sign(g) · d; h = g. Riedmiller and Braun (1993) without taking steps back (Igel and Hüsken 2000, iRprop⁻), as PyTorch. Keeps h, and d,
/// which starts at the learning rate.
/// </remarks>
public readonly struct RpropRule<T> : IUpdateRule<RpropRule<T>, T>
    where T : struct, IReal<T>
{
    /// <summary>Factor of a step size after a change of sign.</summary>
    public T EtaMinus { get; init; }

    /// <summary>Factor of a step size while the sign stays.</summary>
    public T EtaPlus { get; init; }

    /// <summary>The smallest step size.</summary>
    public T Least { get; init; }

    /// <summary>The largest step size.</summary>
    public T Most { get; init; }

    /// <summary>Rounds the settings to the lane.</summary>
    public static RpropRule<T> Create(Func<double, T> round, double etaMinus, double etaPlus, double least, double most)
    {
        ArgumentNullException.ThrowIfNull(round);
        return new RpropRule<T> { EtaMinus = round(etaMinus), EtaPlus = round(etaPlus), Least = round(least), Most = round(most) };
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply(in RpropRule<T> rule, ref T parameter, T gradient, ref T first, ref T second)
    {
        T agreement = first * gradient;
        T factor = T.SelectGreater(agreement, T.Zero, rule.EtaPlus, T.SelectGreater(T.Zero, agreement, rule.EtaMinus, T.One));
        second = T.Max(rule.Least, T.Min(rule.Most, second * factor));
        first = T.SelectGreater(T.Zero, agreement, T.Zero, gradient);
        T step = T.SelectGreater(first, T.Zero, second, T.SelectGreater(T.Zero, first, -second, first));
        parameter = parameter - step;
    }
}
