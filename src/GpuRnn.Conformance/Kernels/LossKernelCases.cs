using GpuRnn.KernelModel;
using GpuRnn.Kernels.Losses;

namespace GpuRnn.Conformance.Kernels;

/// <summary>The kernels of the losses.</summary>
internal static class LossKernelCases
{
    private const float Delta = 0.8f;
    private const int IgnoreIndex = -100;

    public static IEnumerable<KernelCase> All() =>
    [
        .. Terms(typeof(MeanSquaredError), (prediction, target) => MeanSquaredError.Value(prediction, target)),
        .. Terms(typeof(MeanAbsoluteError), (prediction, target) => MeanAbsoluteError.Value(prediction, target)),
        .. Terms(typeof(Huber), (prediction, target) => Huber.Value(prediction, target, Bounded.Constant(Delta)), Delta),
        .. Gradients(typeof(MeanSquaredError), (prediction, target) => MeanSquaredError.Derivative(prediction, target)),
        .. Gradients(typeof(MeanAbsoluteError), (prediction, target) => MeanAbsoluteError.Derivative(prediction, target)),
        .. Gradients(typeof(Huber), (prediction, target) => Huber.Derivative(prediction, target, Bounded.Constant(Delta)), Delta),
        .. RowKernelCases.EachShape(typeof(SoftmaxCrossEntropy), nameof(SoftmaxCrossEntropy.Forward), CrossEntropy),
        .. RowKernelCases.EachShape(typeof(SoftmaxCrossEntropy), nameof(SoftmaxCrossEntropy.Backward), CrossEntropyGradient),
    ];

    private static IEnumerable<KernelCase> Terms(Type owner, Func<Bounded, Bounded, Bounded> value, params object[] settings) =>
        ElementwiseKernelCases.EachLength(owner, "Forward", (trial, n) =>
        {
            float[] predictions = trial.Numbers(n);
            float[] targets = Targets(trial, predictions);
            float[] terms = trial.Numbers(n);
            trial.Launch((Index1D)n, [predictions, targets, terms, .. settings]);
            trial.Expect("terms", terms, i => value(trial.Before(predictions, i), trial.Before(targets, i)));
        });

    private static IEnumerable<KernelCase> Gradients(Type owner, Func<Bounded, Bounded, Bounded> derivative, params object[] settings) =>
        ElementwiseKernelCases.EachLength(owner, "Backward", (trial, n) =>
        {
            float[] predictions = trial.Numbers(n);
            float[] targets = Targets(trial, predictions);
            float[] scales = trial.Numbers(1);
            float[] gradients = trial.Numbers(n);
            trial.Launch((Index1D)n, [predictions, targets, scales, gradients, .. settings]);
            trial.Expect("gradients", gradients, i => trial.Before(scales, 0) * derivative(trial.Before(predictions, i), trial.Before(targets, i)));
        });

    // Every seventh prediction is its target: the kink of an absolute value.
    private static float[] Targets(KernelTrial trial, float[] predictions)
    {
        float[] targets = trial.Numbers(predictions.Length);
        for (int i = 0; i < targets.Length; i += 7)
        {
            targets[i] = predictions[i];
        }

        return targets;
    }

    private static int[] Classes(RowShape shape) =>
        [.. Enumerable.Range(0, shape.Rows).Select(row => row % 5 == 3 ? IgnoreIndex : row % 11 == 7 ? shape.Width : row * 3 % shape.Width)];

    private static void CrossEntropy(KernelTrial trial, RowShape shape)
    {
        float[] logits = trial.Numbers(shape.Count, 10f);
        int[] classes = Classes(shape);
        float[] terms = trial.Numbers(shape.Rows);
        float[] counts = trial.Numbers(shape.Rows);
        trial.Launch((Index1D)shape.Rows, logits, classes, terms, counts, shape.Width, IgnoreIndex);
        trial.Expect("counts", counts, row => classes[row] == IgnoreIndex ? Bounded.Zero : Bounded.One);
        trial.Expect("terms", terms, row =>
        {
            if (classes[row] == IgnoreIndex)
            {
                return Bounded.Zero;
            }

            (Bounded largest, Bounded sum) = ReductionKernelCases.Exponentials(i => trial.Before(logits, (row * shape.Width) + i), shape.Width);
            return classes[row] == shape.Width
                ? Bounded.Exactly(double.NaN)
                : Bounded.Log(sum) - (trial.Before(logits, (row * shape.Width) + classes[row]) - largest);
        });
    }

    private static void CrossEntropyGradient(KernelTrial trial, RowShape shape)
    {
        float[] logits = trial.Numbers(shape.Count, 10f);
        int[] classes = Classes(shape);
        float[] scales = trial.Numbers(1);
        float[] gradients = trial.Numbers(shape.Count);
        trial.Launch((Index1D)shape.Rows, logits, classes, scales, gradients, shape.Width, IgnoreIndex);
        (Bounded Largest, Bounded Sum)[] rows = [.. Enumerable.Range(0, shape.Rows).Select(row =>
            ReductionKernelCases.Exponentials(i => trial.Before(logits, (row * shape.Width) + i), shape.Width))];
        trial.Expect("gradients", gradients, i =>
        {
            int target = classes[i / shape.Width];
            (Bounded largest, Bounded sum) = rows[i / shape.Width];
            Bounded probability = Bounded.Exp(trial.Before(logits, i) - largest) / sum;
            return target == IgnoreIndex ? Bounded.Zero
                : target == shape.Width ? Bounded.Exactly(double.NaN)
                : trial.Before(scales, 0) * (i % shape.Width == target ? probability - Bounded.One : probability);
        });
    }
}
