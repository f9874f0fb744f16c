using GpuRnn.Conformance.Operations;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Conformance.Layers.Structures;

/// <summary>Convolution and pooling as layers: over images, and over time, where each row must give what its sequence gives alone.</summary>
internal static class WindowLayerCases
{
    private const int Channels = 2;
    private const int Outputs = 3;

    // Windows that keep the time take any mask; others take rows that begin at step 0.
    private static readonly (StepPattern Steps, SlidingWindow Window)[] s_times =
    [
        (StepPattern.All(1, 1), SlidingWindow.One),
        (StepPattern.Parse("11111 00111 11000 10110 00000"), SlidingWindow.Same(3)),
        (StepPattern.Parse("11111 00011 00000"), SlidingWindow.Causal(2, 2)),
        (StepPattern.Parse("1111111 1110000 0000000 1000000"), new SlidingWindow(3, 2, 1)),
    ];

    private static readonly WindowShape[] s_images =
    [
        new(1, 1, 1, Channels, SlidingWindow.One, SlidingWindow.One),
        new(2, 4, 3, Channels, new(2, 2), new(3, 1, 1)),
        new(1, 4, 5, Channels, new(3, 1, 1), new(2, 1, 1, 2)),
    ];

    public static IEnumerable<ConformanceCase> All() =>
    [
        .. s_times.SelectMany((one, i) => (ConformanceCase[])
        [
            OverTime("conv 1d", one.Steps, one.Window, device => new Conv1d(device, Channels, Outputs, one.Window, new RandomSource(3), i % 2 == 0), Convolve),
            OverTime("max pool 1d", one.Steps, one.Window, device => new MaxPool1d(device, one.Window), Largest),
            OverTime("mean pool 1d", one.Steps, one.Window, device => new MeanPool1d(device, one.Window), Average),
        ]),
        .. s_images.SelectMany((one, i) => (ConformanceCase[])
        [
            OverImages("conv 2d", one, device => new Conv2d(device, Channels, Outputs, one.Rows, one.Columns, new RandomSource(3), i % 2 == 0), Convolve),
            OverImages("max pool 2d", one, device => new MaxPool2d(device, one.Rows, one.Columns), Largest),
            OverImages("mean pool 2d", one, device => new MeanPool2d(device, one.Rows, one.Columns), Average),
        ]),
    ];

    /// <summary>What a layer over windows makes of each sequence alone, put where the padded batch has it.</summary>
    /// <param name="steps">Which steps are there.</param>
    /// <param name="window">How windows lie along the time.</param>
    /// <param name="x">[T, B, C].</param>
    /// <param name="layer">From one sequence, [length, C] with gaps as NaN, to [windows, outputs].</param>
    internal static double[] EachAlone(StepPattern steps, SlidingWindow window, double[] x, Func<WindowShape, double[], double[]> layer)
    {
        int channels = x.Length / (steps.TimeSteps * steps.BatchSize);
        bool keepsTime = window.CountOver(steps.TimeSteps) == steps.TimeSteps && window.Stride == 1;
        double[]?[] alone = new double[]?[steps.BatchSize];
        int[] firsts = new int[steps.BatchSize];
        for (int row = 0; row < alone.Length; row++)
        {
            int[] present = [.. steps.Present(row)];
            if (present.Length == 0)
            {
                continue;
            }

            firsts[row] = present[0];
            int length = present[^1] - present[0] + 1;
            double[] sequence =
            [
                .. Enumerable.Range(present[0], length).SelectMany(step =>
                    present.Contains(step) ? steps.Step(x, step, row) : Enumerable.Repeat(double.NaN, channels)),
            ];
            WindowShape shape = new(1, length, 1, channels, window, SlidingWindow.One);
            alone[row] = shape.Windows == 0 ? null : layer(shape, sequence);
        }

        int width = alone.Select((values, row) => values is null ? 0 : values.Length / window.CountOver(steps.Present(row).Last() - firsts[row] + 1)).Max();
        return
        [
            .. Enumerable.Range(0, window.CountOver(steps.TimeSteps) * steps.BatchSize).SelectMany(place =>
            {
                (int step, int row) = (place / steps.BatchSize, place % steps.BatchSize);
                int first = (step - (keepsTime ? firsts[row] : 0)) * width;
                bool isThere = alone[row] is double[] values && first >= 0 && first < values.Length && (!keepsTime || steps.Present(row).Contains(step));
                return isThere ? alone[row]!.AsSpan(first, width).ToArray() : new double[width];
            }),
        ];
    }

    /// <summary>A convolution whose gaps are zeros.</summary>
    internal static double[] Convolve(WindowShape shape, double[] x, double[][] parameters) =>
        ConvolutionCases.Formula(shape, parameters[0].Length / shape.Channels / shape.Taps, [Filled(x, 0.0), .. parameters]).Values;

    /// <summary>The largest of each window, in which gaps are never chosen.</summary>
    internal static double[] Largest(WindowShape shape, double[] x, double[][] parameters)
    {
        double[] lowered = Filled(x, double.NegativeInfinity);
        return [.. PoolingCases.Choose(shape, lowered).Select(element => lowered[element])];
    }

    private static double[] Average(WindowShape shape, double[] x, double[][] parameters) => PoolingCases.Means(shape, Filled(x, 0.0)).Values;

    private static double[] Filled(double[] x, double filling) => Array.ConvertAll(x, value => double.IsNaN(value) ? filling : value);

    private static ComposedCase OverTime(
        string name, StepPattern steps, SlidingWindow window, Func<Device, Layer> build, Func<WindowShape, double[], double[][], double[]> formula) =>
        new($"structure {name}", $"{steps} C={Channels}, {window}")
        {
            Shapes = [[steps.TimeSteps, steps.BatchSize, Channels]],
            Build = build,
            Forward = (tape, module, x) => ((Layer)module).Forward(tape, x[0], steps.Mask),
            Formula = (x, parameters) => EachAlone(steps, window, x[0], (shape, sequence) => formula(shape, sequence, parameters)),
            SummationLength = (window.Size * Channels) + (steps.TimeSteps * steps.BatchSize),
            Depth = 4,
            Unread = steps.Mask,
        };

    private static ComposedCase OverImages(
        string name, WindowShape shape, Func<Device, Layer> build, Func<WindowShape, double[], double[][], double[]> formula) =>
        new($"structure {name}", $"{shape}")
        {
            Shapes = [[shape.Images, shape.RowCount, shape.ColumnCount, shape.Channels]],
            Build = build,
            Forward = (tape, module, x) => ((Layer)module).Forward(tape, x[0]),
            Formula = (x, parameters) => formula(shape, x[0], parameters),
            SummationLength = (shape.Taps * shape.Channels) + shape.Windows,
            Depth = 4,
        };
}
