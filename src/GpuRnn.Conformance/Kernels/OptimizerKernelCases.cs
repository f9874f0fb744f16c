using GpuRnn.KernelModel;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Optimizers;

namespace GpuRnn.Conformance.Kernels;

/// <summary>The kernels of the optimizers, whose formulas are written over the lane.</summary>
internal static class OptimizerKernelCases
{
    public static IEnumerable<KernelCase> All() =>
    [
        .. ElementwiseKernelCases.EachLength(typeof(SgdUpdate), nameof(SgdUpdate.Update), Sgd),
        .. ElementwiseKernelCases.EachLength(typeof(RmsPropUpdate), nameof(RmsPropUpdate.Update), RmsProp),
        .. ElementwiseKernelCases.EachLength(typeof(AdamUpdate), nameof(AdamUpdate.Update), (trial, n) => Adam(trial, n, isDecoupled: false)),
        .. KernelCases.Lengths.Select(n => new KernelCase(
            KernelCase.Find(typeof(AdamUpdate), nameof(AdamUpdate.Update)), $"n={n} decoupled", trial => Adam(trial, n, isDecoupled: true))),
        .. new[] { 0f, 1e-12f, 0.5f, 4f, 1e20f }.Select(squares => new KernelCase(
            KernelCase.Find(typeof(ClipFactor), nameof(ClipFactor.Forward)), FormattableString.Invariant($"sum of squares={squares}"), trial => Clip(trial, squares))),
    ];

    private static void Sgd(KernelTrial trial, int n)
    {
        const float LearningRate = 0.05f;
        const float Momentum = 0.9f;
        const float WeightDecay = 0.01f;
        float[] parameters = trial.Numbers(n);
        float[] gradients = trial.Numbers(n);
        float[] velocities = trial.Numbers(n);
        trial.Launch((Index1D)n, parameters, gradients, velocities, LearningRate, Momentum, WeightDecay);
        (Bounded Parameter, Bounded Velocity)[] expected = [.. Enumerable.Range(0, n).Select(i =>
        {
            Bounded parameter = trial.Before(parameters, i);
            Bounded velocity = trial.Before(velocities, i);
            SgdUpdate.Apply(
                ref parameter, trial.Before(gradients, i), ref velocity, Bounded.Constant(LearningRate), Bounded.Constant(Momentum), Bounded.Constant(WeightDecay));
            return (parameter, velocity);
        })];
        trial.Expect("parameters", parameters, i => expected[i].Parameter);
        trial.Expect("velocities", velocities, i => expected[i].Velocity);
    }

    private static void RmsProp(KernelTrial trial, int n)
    {
        RmsPropCoefficients<T> Coefficients<T>(Func<double, T> round)
            where T : struct, IReal<T> => RmsPropCoefficients<T>.Create(round, 1e-2, 0.99, 0.5, 1e-8, 0.01);

        float[] parameters = trial.Numbers(n);
        float[] gradients = trial.Numbers(n);
        float[] squares = trial.Positive(n);
        float[] velocities = trial.Numbers(n);
        trial.Launch((Index1D)n, parameters, gradients, squares, velocities, Coefficients(value => new F32((float)value)));
        RmsPropCoefficients<Bounded> coefficients = Coefficients(value => Bounded.Constant((float)value));
        (Bounded Parameter, Bounded Square, Bounded Velocity)[] expected = [.. Enumerable.Range(0, n).Select(i =>
        {
            Bounded parameter = trial.Before(parameters, i);
            Bounded square = trial.Before(squares, i);
            Bounded velocity = trial.Before(velocities, i);
            RmsPropUpdate.Apply(ref parameter, trial.Before(gradients, i), ref square, ref velocity, coefficients);
            return (parameter, square, velocity);
        })];
        trial.Expect("parameters", parameters, i => expected[i].Parameter);
        trial.Expect("mean squares", squares, i => expected[i].Square);
        trial.Expect("velocities", velocities, i => expected[i].Velocity);
    }

    private static void Adam(KernelTrial trial, int n, bool isDecoupled)
    {
        AdamCoefficients<T> Coefficients<T>(Func<double, T> round)
            where T : struct, IReal<T> => AdamCoefficients<T>.ForStep(round, 1e-2, 0.9, 0.999, 1e-8, 0.01, isDecoupled, 3);

        float[] parameters = trial.Numbers(n);
        float[] gradients = trial.Numbers(n);
        float[] first = trial.Numbers(n);
        float[] second = trial.Positive(n);
        trial.Launch((Index1D)n, parameters, gradients, first, second, Coefficients(value => new F32((float)value)));
        AdamCoefficients<Bounded> coefficients = Coefficients(value => Bounded.Constant((float)value));
        (Bounded Parameter, Bounded First, Bounded Second)[] expected = [.. Enumerable.Range(0, n).Select(i =>
        {
            Bounded parameter = trial.Before(parameters, i);
            Bounded firstMoment = trial.Before(first, i);
            Bounded secondMoment = trial.Before(second, i);
            AdamUpdate.Apply(ref parameter, trial.Before(gradients, i), ref firstMoment, ref secondMoment, coefficients);
            return (parameter, firstMoment, secondMoment);
        })];
        trial.Expect("parameters", parameters, i => expected[i].Parameter);
        trial.Expect("first moments", first, i => expected[i].First);
        trial.Expect("second moments", second, i => expected[i].Second);
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
