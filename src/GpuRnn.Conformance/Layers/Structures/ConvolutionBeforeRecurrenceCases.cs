using GpuRnn.Conformance.Operations;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Reference;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Conformance.Layers.Structures;

/// <summary>Whole models of convolution and pooling before a recurrent layer: of images over time, and of series whose time they shorten.</summary>
internal static class ConvolutionBeforeRecurrenceCases
{
    private const int HiddenSize = 3;
    private const int OutputSize = 2;

    public static IEnumerable<ConformanceCase> All() => [Images(StepPattern.All(2, 1)), Images(StepPattern.Parse("111 100")), Series()];

    private static ComposedCase Images(StepPattern steps)
    {
        WindowShape images = new(1, 4, 4, 1, new SlidingWindow(3), new SlidingWindow(3, 1, 1));
        WindowShape maps = new(1, images.ResultRows, images.ResultColumns, 2, SlidingWindow.SideBySide(2), SlidingWindow.SideBySide(2));
        int width = maps.Windows * maps.Channels;
        ReferenceRecurrent reference = new(Cells.Lstm, width, HiddenSize, 1, false);
        return new ComposedCase("structure convolution before recurrence", $"images [4, 4, 1], lstm, last step, dense, {steps}")
        {
            Shapes = [[steps.TimeSteps, steps.BatchSize, 4, 4, 1]],
            Build = device => new Sequential(
                new TimeDistributed(new Sequential(
                    new Conv2d(device, 1, 2, images.Rows, images.Columns, new RandomSource(3)), new Apply(device, Tanh.Forward), new MaxPool2d(device, 2), new Flatten(device))),
                new Recurrent(device, Cells.Lstm, new RecurrentOptions { InputSize = width, HiddenSize = HiddenSize }, new RandomSource(4)),
                new LastStep(device),
                new Dense(device, HiddenSize, OutputSize, new RandomSource(5))),
            Forward = (tape, module, x) => ((Layer)module).Forward(tape, x[0], steps.Mask),
            Formula = (x, p) =>
            {
                double[] seen = steps.Map(x[0], width, image => WindowLayerCases.Largest(
                    maps, [.. ConvolutionCases.Formula(images, 2, [image, p[0], p[1]]).Values.Select(Math.Tanh)], []));
                double[] hidden = reference.Forward(steps.TimeSteps, steps.BatchSize, seen, p[2..^2], null, steps.Lengths).Output;
                return steps.Pool(hidden, present => StructureFormulas.Dense(p[^2], p[^1], present[^1]));
            },
            SummationLength = (9 * steps.TimeSteps * steps.BatchSize) + width + (4 * HiddenSize),
            Depth = 2 * (steps.TimeSteps + 4),
            Unread = steps.Mask,
        };
    }

    // A stride of 2 and then windows of 2 side by side: 9 steps become 5 and then 2.
    private static ComposedCase Series()
    {
        StepPattern steps = StepPattern.Parse("111111111 000000000 111110000");
        SlidingWindow window = new(3, 2, 1);
        StepPattern convolved = StepPattern.Parse("11111 00000 11100");
        StepPattern pooled = StepPattern.Parse("11 00 10");
        ReferenceRecurrent reference = new(Cells.Gru(), 2, HiddenSize, 1, true);
        return new ComposedCase("structure convolution before recurrence", $"series, relu, max pool, gru of two directions, {steps}")
        {
            Shapes = [[steps.TimeSteps, steps.BatchSize, 1]],
            Build = device => new Sequential(
                new Conv1d(device, 1, 2, window, new RandomSource(3)),
                new Apply(device, Relu.Forward),
                new MaxPool1d(device, 2),
                new Recurrent(device, Cells.Gru(), new RecurrentOptions { InputSize = 2, HiddenSize = HiddenSize, Bidirectional = true }, new RandomSource(4))),
            Forward = (tape, module, x) => ((Layer)module).Forward(tape, x[0], steps.Mask),
            Formula = (x, p) =>
            {
                double[] seen = WindowLayerCases.EachAlone(steps, window, x[0], (shape, alone) => WindowLayerCases.Convolve(shape, alone, p[..2]));
                double[] largest = WindowLayerCases.EachAlone(
                    convolved, SlidingWindow.SideBySide(2), [.. seen.Select(value => Math.Max(0.0, value))], (shape, alone) => WindowLayerCases.Largest(shape, alone, []));
                return reference.Forward(pooled.TimeSteps, pooled.BatchSize, largest, p[2..], null, pooled.Lengths).Output;
            },
            SummationLength = (3 * steps.TimeSteps * steps.BatchSize) + (6 * HiddenSize),
            Depth = 2 * (pooled.TimeSteps + 3),
            Unread = steps.Mask,
        };
    }
}
