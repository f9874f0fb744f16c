using GpuRnn.Layers;

namespace GpuRnn.Conformance.Layers.Structures;

/// <summary>Batch normalisation in both modes, with what becomes of its statistics, and layer normalisation.</summary>
internal static class NormalisationLayerCases
{
    // Exactly representable, and large enough for no variance to vanish beside it.
    private const float Epsilon = 0.015625f;
    private const float Momentum = 0.25f;

    // Mean, variance, and the two means of the backward pass; the ratio of the largest value to the deviation, at most 2 here, multiplies each error.
    private const int Depth = 16;

    public static IEnumerable<ConformanceCase> All() =>
    [
        Batch(StepPattern.All(1, 5), 3, isTraining: true),
        Batch(StepPattern.Parse("101 000 110 111"), 2, isTraining: true),
        Batch(StepPattern.All(3, 4), 17, isTraining: true),
        Batch(StepPattern.All(1, 1), 3, isTraining: false),
        Batch(StepPattern.Parse("101 000 110"), 2, isTraining: false),
        OfRows(1, 1, 2),
        OfRows(3, 2, 5),
        OfRows(2, 2, 17),
    ];

    private static ComposedCase Batch(StepPattern steps, int width, bool isTraining)
    {
        int rows = steps.TimeSteps * steps.BatchSize;
        return new ComposedCase($"structure batch norm in {(isTraining ? "training" : "evaluation")}", $"{steps} W={width}")
        {
            Shapes = [[steps.TimeSteps, steps.BatchSize, width]],
            Build = device =>
            {
                BatchNorm layer = new(device, width, Epsilon, Momentum);
                layer.Parameters[2].Value.CopyFrom(Means(width));
                layer.Parameters[3].Value.CopyFrom(Variances(width));
                if (!isTraining)
                {
                    layer.Evaluate();
                }

                return layer;
            },
            Forward = (tape, module, x) => ((Layer)module).Forward(tape, x[0], steps.Mask),
            Formula = (x, parameters) =>
            {
                (double[] means, double[] variances) = isTraining ? Statistics(steps, width, x[0]) : (parameters[2], parameters[3]);
                return steps.Map(x[0], width, step => Normalised(step, parameters, unit => (means[unit], variances[unit])));
            },
            ConstantsAfter = x => isTraining ? Moved(steps, width, x[0]) : CaseValues.Widen([.. Means(width), .. Variances(width)]),
            SummationLength = rows,
            Depth = Depth,
            Unread = steps.Mask,
        };
    }

    private static ComposedCase OfRows(int timeSteps, int batchSize, int width) => new("structure layer norm", $"T={timeSteps} B={batchSize} W={width}")
    {
        Shapes = [[timeSteps, batchSize, width]],
        Build = device => new LayerNorm(device, width, Epsilon),
        Forward = (tape, module, x) => ((Layer)module).Forward(tape, x[0]),
        Formula = (x, parameters) =>
        [
            .. x[0].Chunk(width).SelectMany(row =>
            {
                (double, double) ofRow = MeanAndVariance(row);
                return Normalised(row, parameters, _ => ofRow);
            }),
        ],
        SummationLength = width + (timeSteps * batchSize),
        Depth = Depth,
    };

    private static float[] Means(int width) => CaseValues.Uniform(width, 31);

    private static float[] Variances(int width) => Array.ConvertAll(CaseValues.Uniform(width, 32), value => 0.5f + (value * value));

    private static double[] Normalised(double[] values, double[][] parameters, Func<int, (double Mean, double Variance)> statistics) =>
    [
        .. values.Select((value, unit) =>
        {
            (double mean, double variance) = statistics(unit);
            return (parameters[0][unit] * (value - mean) / Math.Sqrt(variance + Epsilon)) + parameters[1][unit];
        }),
    ];

    private static (double Mean, double Variance) MeanAndVariance(double[] values)
    {
        double mean = values.Average();
        return (mean, values.Average(value => (value - mean) * (value - mean)));
    }

    private static (double[] Means, double[] Variances) Statistics(StepPattern steps, int width, double[] x)
    {
        double[][] present = Present(steps, x);
        (double Mean, double Variance)[] units = [.. Enumerable.Range(0, width).Select(unit => MeanAndVariance([.. present.Select(step => step[unit])]))];
        return ([.. units.Select(unit => unit.Mean)], [.. units.Select(unit => unit.Variance)]);
    }

    private static double[][] Present(StepPattern steps, double[] x) =>
        [.. Enumerable.Range(0, steps.BatchSize).SelectMany(row => steps.Present(row).Select(step => steps.Step(x, step, row)))];

    // As in PyTorch, the running variance follows the unbiased one.
    private static double[] Moved(StepPattern steps, int width, double[] x)
    {
        (double[] means, double[] variances) = Statistics(steps, width, x);
        double count = Present(steps, x).Length;
        return
        [
            .. means.Zip(Means(width), (batch, running) => (Momentum * batch) + ((1.0 - Momentum) * running)),
            .. variances.Zip(Variances(width), (batch, running) => (Momentum * batch * count / (count - 1.0)) + ((1.0 - Momentum) * running)),
        ];
    }
}
