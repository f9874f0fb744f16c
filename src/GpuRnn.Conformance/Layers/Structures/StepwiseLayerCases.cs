using GpuRnn.Conformance.Operations;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Conformance.Layers.Structures;

/// <summary>Layers that treat every step or row by itself: TimeDistributed over others, one-hot vectors, flattened axes, and operations as layers.</summary>
internal static class StepwiseLayerCases
{
    private const int Width = 3;

    private static readonly StepPattern s_gaps = StepPattern.Parse("101 000 110");

    private static readonly (string Name, Func<Tape, Tensor, Tensor> Operation, Func<double[], IEnumerable<double>> Formula)[] s_operations =
    [
        ("relu", Relu.Forward, row => row.Select(value => Math.Max(0.0, value))),
        ("tanh", Tanh.Forward, row => row.Select(Math.Tanh)),
        ("sigmoid", Sigmoid.Forward, row => row.Select(StructureFormulas.Sigmoid)),
        ("softmax", Softmax.Forward, row => row.Select(value => Math.Exp(value) / row.Sum(Math.Exp))),
        ("log-softmax", LogSoftmax.Forward, row => row.Select(value => value - Math.Log(row.Sum(Math.Exp)))),
    ];

    public static IEnumerable<ConformanceCase> All() =>
    [
        OverDense(StepPattern.All(2, 3)),
        OverDense(s_gaps),
        OverImages(StepPattern.All(1, 2)),
        OverImages(s_gaps),
        OverBatchNorm(),
        OneHotDense(StepPattern.All(2, 3)),
        OneHotDense(s_gaps),
        Flattened(1),
        Flattened(2),
        .. s_operations.Select(one => Applied(one.Name, one.Operation, one.Formula)),
    ];

    private static ComposedCase OverDense(StepPattern steps) => Distributed(
        "dense", steps, [Width], device => new Dense(device, Width, 2, new RandomSource(3)), 2, (step, parameters) => StructureFormulas.Dense(parameters[0], parameters[1], step));

    private static ComposedCase OverImages(StepPattern steps)
    {
        WindowShape shape = new(1, 3, 3, 2, new SlidingWindow(2), new SlidingWindow(2, 1, 1));
        return Distributed(
            "conv 2d",
            steps,
            [3, 3, 2],
            device => new Conv2d(device, 2, 2, shape.Rows, shape.Columns, new RandomSource(3)),
            shape.Windows * 2,
            (step, parameters) => ConvolutionCases.Formula(shape, 2, [step, .. parameters]).Values);
    }

    // Statistics of the present steps alone.
    private static ComposedCase OverBatchNorm()
    {
        const float Epsilon = 0.015625f;
        return Case("time distributed", "batch norm", s_gaps, [Width], device => new TimeDistributed(new BatchNorm(device, Width, Epsilon)), 16, (x, parameters) =>
        {
            double[][] present = [.. Enumerable.Range(0, s_gaps.BatchSize).SelectMany(row => s_gaps.Present(row).Select(step => s_gaps.Step(x, step, row)))];
            double[] means = [.. Enumerable.Range(0, Width).Select(unit => present.Average(step => step[unit]))];
            double[] variances = [.. Enumerable.Range(0, Width).Select(unit => present.Average(step => Math.Pow(step[unit] - means[unit], 2.0)))];
            return s_gaps.Map(x, Width, step =>
                [.. step.Select((value, unit) => (parameters[0][unit] * (value - means[unit]) / Math.Sqrt(variances[unit] + Epsilon)) + parameters[1][unit])]);
        });
    }

    private static ComposedCase Distributed(
        string inner, StepPattern steps, int[] axes, Func<Device, Layer> build, int outputs, Func<double[], double[][], double[]> formula) =>
        Case("time distributed", inner, steps, axes, device => new TimeDistributed(build(device)), 4,
            (x, parameters) => steps.Map(x, outputs, step => formula(step, parameters)));

    // Tokens at absent steps are none, and become zeros.
    private static ComposedCase OneHotDense(StepPattern steps)
    {
        const int Vocabulary = 4;
        float[] tokens = [.. Enumerable.Range(0, steps.TimeSteps * steps.BatchSize).Select(place =>
            steps.Mask is null || steps.Mask.IsPresent(place / steps.BatchSize, place % steps.BatchSize) ? place * 3 % Vocabulary : float.NaN)];
        return new ComposedCase("structure one-hot and dense", $"{steps} V={Vocabulary}")
        {
            Shapes = [],
            Build = device => new Sequential(new OneHot(device, Vocabulary), new Dense(device, Vocabulary, 2, new RandomSource(3))),
            Forward = (tape, module, _) => ((Layer)module).Forward(tape, tape.Input(tokens, steps.TimeSteps, steps.BatchSize), steps.Mask),
            Formula = (_, parameters) =>
            [
                .. tokens.SelectMany(token => StructureFormulas.Dense(
                    parameters[0], parameters[1], [.. Enumerable.Range(0, Vocabulary).Select(symbol => symbol == token ? 1.0 : 0.0)])),
            ],
            SummationLength = Vocabulary + tokens.Length,
            Depth = 2,
        };
    }

    // The dense layer behind it refuses another width.
    private static ComposedCase Flattened(int keptAxes)
    {
        int width = keptAxes == 1 ? 12 : 4;
        return new ComposedCase("structure flatten and dense", $"[2, 3, 2, 2], axes kept: {keptAxes}")
        {
            Shapes = [[2, 3, 2, 2]],
            Build = device => new Sequential(new Flatten(device, keptAxes), new Dense(device, width, 2, new RandomSource(3))),
            Forward = (tape, module, x) => ((Layer)module).Forward(tape, x[0]),
            Formula = (x, parameters) => StructureFormulas.DenseRows(parameters[0], parameters[1], x[0]),
            SummationLength = width + (24 / width),
            Depth = 2,
        };
    }

    private static ComposedCase Applied(string name, Func<Tape, Tensor, Tensor> operation, Func<double[], IEnumerable<double>> formula) =>
        Case("apply", name, StepPattern.All(2, 3), [5], device => new Apply(device, operation), 4, (x, _) => [.. x.Chunk(5).SelectMany(formula)]);

    private static ComposedCase Case(
        string subject, string inner, StepPattern steps, int[] axes, Func<Device, Layer> build, int depth, Func<double[], double[][], double[]> formula) =>
        new($"structure {subject}", $"{inner}, {steps} of [{string.Join(", ", axes)}]")
        {
            Shapes = [[steps.TimeSteps, steps.BatchSize, .. axes]],
            Build = build,
            Forward = (tape, module, x) => ((Layer)module).Forward(tape, x[0], steps.Mask),
            Formula = (x, parameters) => formula(x[0], parameters),
            SummationLength = (steps.TimeSteps * steps.BatchSize) + CaseValues.Count(axes),
            Depth = depth,
            Unread = steps.Mask,
        };
}
