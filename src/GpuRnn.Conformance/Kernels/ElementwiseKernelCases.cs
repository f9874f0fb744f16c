using System.Reflection;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Elementwise;
using GpuRnn.Kernels.Random;

namespace GpuRnn.Conformance.Kernels;

/// <summary>The kernels with one thread an element.</summary>
internal static class ElementwiseKernelCases
{
    public static IEnumerable<KernelCase> All() =>
    [
        .. EachLength(typeof(Add), nameof(Add.Forward), (trial, n) =>
        {
            float[] left = trial.Numbers(n);
            float[] right = trial.Numbers(n);
            float[] result = trial.Numbers(n);
            trial.Launch(n, left, right, result);
            trial.Expect("result", result, i => trial.Before(left, i) + trial.Before(right, i));
        }),
        .. EachLength(typeof(Multiply), nameof(Multiply.Forward), (trial, n) =>
        {
            float[] left = trial.Numbers(n);
            float[] right = trial.Numbers(n);
            float[] result = trial.Numbers(n);
            trial.Launch(n, left, right, result);
            trial.Expect("result", result, i => trial.Before(left, i) * trial.Before(right, i));
        }),
        .. EachLength(typeof(Multiply), nameof(Multiply.Backward), (trial, n) =>
        {
            float[] left = trial.Numbers(n);
            float[] right = trial.Numbers(n);
            float[] gradient = trial.Numbers(n);
            float[] leftGradient = trial.Numbers(n);
            float[] rightGradient = trial.Numbers(n);
            trial.Launch(n, left, right, gradient, leftGradient, rightGradient);
            trial.Expect("left gradient", leftGradient, i => trial.Before(gradient, i) * trial.Before(right, i));
            trial.Expect("right gradient", rightGradient, i => trial.Before(gradient, i) * trial.Before(left, i));
        }),
        .. EachLength(typeof(Divide), nameof(Divide.Forward), (trial, n) =>
        {
            float[] left = trial.Numbers(n);
            float[] right = trial.Numbers(n);
            float[] result = trial.Numbers(n);
            trial.Launch(n, left, right, result);
            trial.Expect("result", result, i => trial.Before(left, i) / trial.Before(right, i));
        }),
        .. EachLength(typeof(Scale), nameof(Scale.Forward), (trial, n) =>
        {
            float[] source = trial.Numbers(n);
            float[] result = trial.Numbers(n);
            trial.Launch(n, source, result, 0.37f);
            trial.Expect("result", result, i => Bounded.Constant(0.37f) * trial.Before(source, i));
        }),
        .. EachLength(typeof(Scale), nameof(Scale.ByView), (trial, n) =>
        {
            float[] source = trial.Numbers(n);
            float[] factors = trial.Numbers(1);
            float[] result = trial.Numbers(n);
            trial.Launch(n, source, factors, result);
            trial.Expect("result", result, i => trial.Before(factors, 0) * trial.Before(source, i));
        }),
        .. EachLength(typeof(AddScaled), nameof(AddScaled.Forward), (trial, n) =>
        {
            float[] source = trial.Numbers(n);
            float[] target = trial.Numbers(n);
            trial.Launch(n, source, target, -1.7f);
            trial.Expect("target", target, i => Bounded.MultiplyAdd(Bounded.Constant(-1.7f), trial.Before(source, i), trial.Before(target, i)));
        }),
        .. EachLength(typeof(Clamp), nameof(Clamp.Forward), (trial, n) =>
        {
            float[] values = trial.Numbers(n);
            if (n > 1)
            {
                values[1] = float.NaN;
            }

            trial.Launch(n, values, 0.75f);
            trial.Expect("values", values, i => Clamp.Apply(trial.Before(values, i), Bounded.Constant(0.75f)));
        }),
        .. EachLength(typeof(Fill), nameof(Fill.Forward), (trial, n) =>
        {
            float[] target = trial.Numbers(n);
            trial.Launch(n, target, -0.6f);
            trial.Expect("target", target, _ => Bounded.Constant(-0.6f));
        }),
        .. EachLength(typeof(Dropout), nameof(Dropout.Forward), DropOut),
        .. Activations<IdentityActivation>(),
        .. Activations<LeakyReluActivation>(),
        .. Activations<ReluActivation>(),
        .. Activations<SigmoidActivation>(),
        .. Activations<TanhActivation>(),
    ];

    /// <summary>A case for each length; <paramref name="body"/> launches with that length.</summary>
    internal static IEnumerable<KernelCase> EachLength(Type owner, string name, Action<KernelTrial, int> body, params Type[] typeArguments)
    {
        MethodInfo kernel = KernelCase.Find(owner, name, typeArguments);
        return KernelCases.Lengths.Select(n => new KernelCase(kernel, $"n={n}", trial => body(trial, n)));
    }

    private static IEnumerable<KernelCase> Activations<TActivation>()
        where TActivation : struct, IActivation =>
    [
        .. EachLength(
            typeof(Activate),
            nameof(Activate.Forward),
            (trial, n) =>
            {
                float[] source = trial.Numbers(n, 20f);
                float[] result = trial.Numbers(n);
                trial.Launch(n, source, result);
                trial.Expect("result", result, i => TActivation.Forward(trial.Before(source, i)));
            },
            typeof(TActivation)),
        .. EachLength(
            typeof(Activate),
            nameof(Activate.Backward),
            (trial, n) =>
            {
                float[] result = trial.Numbers(n, 1f);
                float[] gradient = trial.Numbers(n);
                float[] sourceGradient = trial.Numbers(n);
                trial.Launch(n, result, gradient, sourceGradient);
                trial.Expect("source gradient", sourceGradient, i => TActivation.Backward(trial.Before(result, i), trial.Before(gradient, i)));
            },
            typeof(TActivation)),
    ];

    private static void DropOut(KernelTrial trial, int n)
    {
        const int SeedLow = 1234;
        const int SeedHigh = -77;
        const long FirstBlock = 5_000_000_000L;
        float[] source = trial.Numbers(n);
        float[] result = trial.Numbers(n);
        int threshold = Dropout.Threshold(0.4);
        int blocks = (n + Dropout.BlockSize - 1) / Dropout.BlockSize;
        trial.Launch(blocks, source, result, n, threshold, 1.6666f, SeedLow, SeedHigh, FirstBlock);
        trial.Expect("result", result, i =>
        {
            ulong counter = (ulong)(FirstBlock + (i / Dropout.BlockSize));
            uint[] words = [(uint)counter, (uint)(counter >> 32), 0, 0];
            Philox.Draw(ref words[0], ref words[1], ref words[2], ref words[3], SeedLow, unchecked((uint)SeedHigh));
            return words[i % Dropout.BlockSize] >> 8 < threshold ? Bounded.Zero : trial.Before(source, i) * Bounded.Constant(1.6666f);
        });
    }
}
