using System.Reflection;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Optimizers;

namespace GpuRnn.Conformance.Kernels;

/// <summary>The kernels of the optimizers, whose formulas are written over the lane.</summary>
internal static class OptimizerKernelCases
{
    private static readonly AdamSettings s_adam = new(0.9, 0.999, 1e-8);

    public static IEnumerable<KernelCase> All() =>
    [
        .. EachLength(round => SgdRule<F32>.Create(round, 0.05, 0.9, false), round => SgdRule<Bounded>.Create(round, 0.05, 0.9, false), 1, false),
        .. Some("nesterov", round => SgdRule<F32>.Create(round, 0.05, 0.9, true), round => SgdRule<Bounded>.Create(round, 0.05, 0.9, true), 1, false),
        .. Some("no momentum", round => SgdRule<F32>.Create(round, 0.05, 0.0, false), round => SgdRule<Bounded>.Create(round, 0.05, 0.0, false), 0, true),
        .. EachLength(
            round => AdagradRule<F32>.Create(round, 0.05, 0.1, 1e-8, 3), round => AdagradRule<Bounded>.Create(round, 0.05, 0.1, 1e-8, 3), 1, false),
        .. EachLength(round => AdadeltaRule<F32>.Create(round, 0.9, 0.9, 1e-6), round => AdadeltaRule<Bounded>.Create(round, 0.9, 0.9, 1e-6), 2, false),
        .. EachLength(
            round => RmsPropRule<F32>.Create(round, 1e-2, 0.99, 0.5, 1e-8), round => RmsPropRule<Bounded>.Create(round, 1e-2, 0.99, 0.5, 1e-8), 2, false),
        .. EachLength(
            round => RpropRule<F32>.Create(round, 0.5, 1.2, 1e-6, 1.5), round => RpropRule<Bounded>.Create(round, 0.5, 1.2, 1e-6, 1.5), 2, false),
        .. EachLength(round => AdamSteps.Adam(round, s_adam, 1e-2, 3), round => AdamSteps.Adam(round, s_adam, 1e-2, 3), 2, false),
        .. Some("decoupled", round => AdamSteps.Adam(round, s_adam, 1e-2, 3), round => AdamSteps.Adam(round, s_adam, 1e-2, 3), 2, true),
        .. Some("nadam", round => Nadam(round), round => Nadam(round), 2, false),
        .. Some("radam", round => AdamSteps.RAdam(round, s_adam, 1e-2, 9), round => AdamSteps.RAdam(round, s_adam, 1e-2, 9), 2, false),
        .. Some("radam, first steps", round => AdamSteps.RAdam(round, s_adam, 1e-2, 2), round => AdamSteps.RAdam(round, s_adam, 1e-2, 2), 2, false),
        .. new[] { 0f, 1e-12f, 0.5f, 4f, 1e20f }.Select(squares => new KernelCase(
            KernelCase.Find(typeof(ClipFactor), nameof(ClipFactor.Forward)), FormattableString.Invariant($"sum of squares={squares}"), trial => Clip(trial, squares))),
        .. KernelCases.Shapes.Select(shape => new KernelCase(
            KernelCase.Find(typeof(MaxNorm), nameof(MaxNorm.Rows)), $"rows={shape.Rows} columns={shape.Width}", trial => Norms(trial, shape.Rows, shape.Width))),
    ];

    private static AdamRule<T> Nadam<T>(Func<double, T> round)
        where T : struct, IReal<T>
    {
        double product = 0.3;
        return AdamSteps.Nadam(round, s_adam, 0.004, 1e-2, 3, ref product);
    }

    private static IEnumerable<KernelCase> EachLength<TRule, TBounded>(
        Func<Func<double, F32>, TRule> rule, Func<Func<double, Bounded>, TBounded> bounded, int momentCount, bool isDecoupled)
        where TRule : struct, IUpdateRule<TRule, F32>
        where TBounded : struct, IUpdateRule<TBounded, Bounded> =>
        Cases(KernelCases.Lengths, "", rule, bounded, momentCount, isDecoupled);

    private static IEnumerable<KernelCase> Some<TRule, TBounded>(
        string options, Func<Func<double, F32>, TRule> rule, Func<Func<double, Bounded>, TBounded> bounded, int momentCount, bool isDecoupled)
        where TRule : struct, IUpdateRule<TRule, F32>
        where TBounded : struct, IUpdateRule<TBounded, Bounded> =>
        Cases([17, 257], $" {options}", rule, bounded, momentCount, isDecoupled);

    private static IEnumerable<KernelCase> Cases<TRule, TBounded>(
        IEnumerable<int> lengths,
        string options,
        Func<Func<double, F32>, TRule> rule,
        Func<Func<double, Bounded>, TBounded> bounded,
        int momentCount,
        bool isDecoupled)
        where TRule : struct, IUpdateRule<TRule, F32>
        where TBounded : struct, IUpdateRule<TBounded, Bounded>
    {
        MethodInfo kernel = KernelCase.Find(typeof(OptimizerUpdate), nameof(OptimizerUpdate.Update), typeof(TRule));
        return lengths.Select(n => new KernelCase(kernel, $"n={n}{options}", trial =>
        {
            float[] parameters = trial.Numbers(n);
            for (int i = 0; i < n; i += 5)
            {
                parameters[i] = 0f;
            }

            float[] gradients = trial.Numbers(n);
            bool hasSquareFirst = typeof(TRule) == typeof(AdagradRule<F32>) || typeof(TRule) == typeof(AdadeltaRule<F32>) || typeof(TRule) == typeof(RmsPropRule<F32>);
            float[] firsts = hasSquareFirst ? trial.Positive(n) : trial.Numbers(n);
            float[] seconds = trial.Positive(n);
            Penalty<T> Pull<T>(Func<double, T> round)
                where T : struct, IReal<T> => Penalty<T>.Create(round, 1e-2, 0.01, isDecoupled, 0.003);

            trial.Launch((Index1D)n, parameters, gradients, firsts, seconds, momentCount, Pull(value => new F32((float)value)), rule(value => new F32((float)value)));
            Penalty<Bounded> penalty = Pull(value => Bounded.Constant((float)value));
            TBounded expectedRule = bounded(value => Bounded.Constant((float)value));
            (Bounded Parameter, Bounded First, Bounded Second)[] expected = [.. Enumerable.Range(0, n).Select(i =>
            {
                Bounded parameter = trial.Before(parameters, i);
                Bounded first = momentCount > 0 ? trial.Before(firsts, i) : Bounded.Zero;
                Bounded second = momentCount > 1 ? trial.Before(seconds, i) : Bounded.Zero;
                Bounded gradient = Penalty<Bounded>.Apply(penalty, ref parameter, trial.Before(gradients, i));
                TBounded.Apply(expectedRule, ref parameter, gradient, ref first, ref second);
                return (parameter, first, second);
            })];
            trial.Expect("parameters", parameters, i => expected[i].Parameter);
            if (momentCount > 0)
            {
                trial.Expect("firsts", firsts, i => expected[i].First);
            }

            if (momentCount > 1)
            {
                trial.Expect("seconds", seconds, i => expected[i].Second);
            }
        }));
    }

    private static void Norms(KernelTrial trial, int rows, int columns)
    {
        const float Bound = 1.5f;
        float[] values = trial.Numbers(rows * columns);
        trial.Launch((Index1D)rows, values, columns, Bound);
        Bounded[] factors = [.. Enumerable.Range(0, rows).Select(row => MaxNorm.Factor(
            Bounded.Sqrt(Enumerable.Range(row * columns, columns)
                .Aggregate(Bounded.Zero, (sum, i) => Bounded.MultiplyAdd(trial.Before(values, i), trial.Before(values, i), sum))),
            Bounded.Constant(Bound)))];
        trial.Expect("values", values, i => factors[i / columns] * trial.Before(values, i));
    }

    private static void Clip(KernelTrial trial, float sumOfSquares)
    {
        float[] squares = [sumOfSquares];
        float[] norms = trial.Numbers(1);
        float[] factors = trial.Numbers(1);
        trial.Launch((Index1D)1, squares, norms, factors, 1.25f);
        Bounded norm = Bounded.Sqrt(trial.Before(squares, 0));
        trial.Expect("norms", norms, _ => norm);
        trial.Expect("factors", factors, _ => ClipFactor.Apply(norm, Bounded.Constant(1.25f)));
    }
}
