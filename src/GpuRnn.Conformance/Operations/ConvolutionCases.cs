using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Conformance.Operations;

/// <summary>Convolutions of images and of sequences.</summary>
internal static class ConvolutionCases
{
    // Empty, one of everything, each option apart, all of them, no taps beside each other, and more windows than are laid out at once.
    private static readonly (WindowShape Shape, int Outputs)[] s_images =
    [
        (new(0, 3, 3, 2, new(2), new(2)), 3),
        (new(1, 1, 1, 1, new(1), new(1)), 1),
        (new(2, 3, 4, 2, new(2), new(3, 1, 1)), 3),
        (new(1, 4, 5, 3, new(1), new(1)), 2),
        (new(1, 5, 5, 1, new(3, 2, 1), new(2, 3)), 2),
        (new(2, 6, 7, 2, new(2, 1, 1, 2), new(3, 2, 2, 2)), 3),
        (new(1, 5, 6, 2, SlidingWindow.Same(4), SlidingWindow.Same(2)), 2),
        (new(2, 17, 13, 5, new(3, 1, 1), new(3, 1, 1)), 7),
        (new(3, 32, 32, 16, new(3, 1, 1), new(3, 1, 1)), 3),
    ];

    private static readonly (int TimeSteps, int BatchSize, int Channels, int Outputs, SlidingWindow Window)[] s_sequences =
    [
        (3, 0, 2, 2, new(2)),
        (1, 1, 1, 1, new(1)),
        (5, 2, 3, 2, new(3, 1, 1)),
        (6, 3, 2, 2, SlidingWindow.Causal(3, 2)),
        (7, 1, 2, 3, new(2, 3, 1, 2)),
        (4, 3, 4, 2, SlidingWindow.Same(4)),
        (23, 5, 17, 33, new(5, 2, 2)),
    ];

    public static IEnumerable<ConformanceCase> All() =>
    [
        .. s_images.Select((one, i) => Case(
            "images", one.Shape, one.Outputs, i % 2 == 0,
            [one.Shape.Images, one.Shape.RowCount, one.Shape.ColumnCount, one.Shape.Channels],
            [one.Outputs, one.Shape.Channels, one.Shape.Rows.Size, one.Shape.Columns.Size],
            (tape, x, bias) => Convolution.Forward(tape, x[0], x[1], bias, one.Shape.Rows, one.Shape.Columns))),
        .. s_sequences.Select((one, i) => Case(
            "time", new(1, one.TimeSteps, one.BatchSize, one.Channels, one.Window, SlidingWindow.One), one.Outputs, i % 2 == 0,
            [one.TimeSteps, one.BatchSize, one.Channels],
            [one.Outputs, one.Channels, one.Window.Size],
            (tape, x, bias) => Convolution.Forward(tape, x[0], x[1], bias, one.Window))),
    ];

    private static OperationCase Case(
        string what, WindowShape shape, int outputs, bool hasBias, int[] input, int[] weight, Func<Tape, Tensor[], Tensor?, Tensor> operation) =>
        new($"operation convolution of {what}", $"{shape}, outputs={outputs}{(hasBias ? "" : ", no bias")}")
        {
            Shapes = hasBias ? [input, weight, [outputs]] : [input, weight],
            Operation = (tape, x) => operation(tape, x, hasBias ? x[2] : null),
            Formula = x => Formula(shape, outputs, x),
            Gradient = (x, g) => Gradient(shape, outputs, x, g),
        };

    /// <summary>A convolution of [input, weight] or [input, weight, bias].</summary>
    internal static Sums Formula(WindowShape shape, int outputs, double[][] x)
    {
        Sums sums = new(shape.Windows * outputs);
        foreach ((int input, int weight, int result) in Terms(shape, outputs))
        {
            sums.Add(result, x[0][input] * x[1][weight]);
        }

        for (int i = 0; x.Length > 2 && i < sums.Values.Length; i++)
        {
            sums.Add(i, x[2][i % outputs]);
        }

        return sums;
    }

    private static Sums[] Gradient(WindowShape shape, int outputs, double[][] x, double[] upstream)
    {
        // The gradient of an input is a sum over taps of sums over outputs, of which the intermediate ones are rounded too.
        Sums[] sums = [.. x.Select(values => new Sums(values.Length))];
        foreach ((int input, int weight, int result) in Terms(shape, outputs))
        {
            sums[0].Add(input, upstream[result] * x[1][weight]);
            sums[1].Add(weight, upstream[result] * x[0][input]);
        }

        for (int i = 0; x.Length > 2 && i < upstream.Length; i++)
        {
            sums[2].Add(i % outputs, upstream[i]);
        }

        return sums;
    }

    // Elements of the input, of PyTorch's weights and of the result that meet in a product.
    private static IEnumerable<(int Input, int Weight, int Result)> Terms(WindowShape shape, int outputs)
    {
        foreach ((int window, int tap, int position) in shape.Reads())
        {
            for (int output = 0; output < outputs; output++)
            {
                for (int channel = 0; channel < shape.Channels; channel++)
                {
                    yield return (
                        (position * shape.Channels) + channel,
                        (((output * shape.Channels) + channel) * shape.Taps) + tap,
                        (window * outputs) + output);
                }
            }
        }
    }
}
