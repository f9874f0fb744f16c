using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Conformance.Layers.Structures;

/// <summary>Layers that make one step of a sequence; nothing may read what stands at absent steps.</summary>
internal static class StepPoolingCases
{
    private const int Units = 3;

    private static readonly (StepPattern Steps, int Width)[] s_sizes =
    [
        (StepPattern.All(1, 1), 1),
        (StepPattern.Parse("1100 1111 1000"), 2),
        (StepPattern.Parse("0011 1011 0100"), 3),
        (StepPattern.All(5, 2), 17),
    ];

    public static IEnumerable<ConformanceCase> All() => s_sizes.SelectMany(size => (ConformanceCase[])
    [
        Case("last step", size, device => new LastStep(device), (steps, _) => steps[^1]),
        Case("first and last step", size, device => new FirstAndLastStep(device), (steps, _) => [.. steps[^1], .. steps[0]]),
        Case("mean over time", size, device => new MeanOverTime(device), (steps, _) => EachUnit(steps, unit => unit.Average())),
        Case("max over time", size, device => new MaxOverTime(device), (steps, _) => EachUnit(steps, unit => unit.Max())),
        Case("attention pooling", size, device => new AttentionPooling(device, size.Width, Units, new RandomSource(3)), AttentionPool),
    ]);

    private static ComposedCase Case(
        string name, (StepPattern Steps, int Width) size, Func<Device, Layer> build, Func<double[][], double[][], double[]> pool)
    {
        StepPattern steps = size.Steps;
        return new ComposedCase($"structure {name}", $"{steps} W={size.Width}")
        {
            Shapes = [[steps.TimeSteps, steps.BatchSize, size.Width]],
            Build = build,
            Forward = (tape, module, x) => ((Layer)module).Forward(tape, x[0], steps.Mask),
            Formula = (x, parameters) => steps.Pool(x[0], present => pool(present, parameters)),
            SummationLength = steps.TimeSteps * (size.Width + Units),
            Depth = 8,
            Unread = steps.Mask,
        };
    }

    private static double[] EachUnit(double[][] steps, Func<IEnumerable<double>, double> pool) =>
        [.. Enumerable.Range(0, steps[0].Length).Select(unit => pool(steps.Select(step => step[unit])))];

    // Yang et al. 2016: the formula stands on AttentionPooling.
    private static double[] AttentionPool(double[][] steps, double[][] parameters)
    {
        double[] exponentials =
        [
            .. steps.Select(step => Math.Exp(
                StructureFormulas.Dense(parameters[0], parameters[1], step).Zip(parameters[2], (key, vector) => vector * Math.Tanh(key)).Sum())),
        ];
        return EachUnit([.. steps.Zip(exponentials, (step, weight) => step.Select(value => value * weight / exponentials.Sum()).ToArray())], unit => unit.Sum());
    }
}
