using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Conformance.Operations;

/// <summary>Max and mean pooling of images and of sequences.</summary>
internal static class PoolingCases
{
    private static readonly WindowShape[] s_images =
    [
        new(0, 2, 2, 3, new(2), new(2)),
        new(1, 1, 1, 1, new(1), new(1)),
        new(2, 4, 6, 3, SlidingWindow.SideBySide(2), SlidingWindow.SideBySide(3)),
        new(1, 7, 5, 2, new(3, 2, 1), new(3, 2, 1)),
        new(1, 6, 7, 4, new(2, 1, 1, 2), new(3, 1)),
        new(3, 16, 15, 33, SlidingWindow.SideBySide(2), SlidingWindow.SideBySide(2)),
    ];

    private static readonly WindowShape[] s_sequences =
    [
        new(1, 3, 0, 2, new(2), SlidingWindow.One),
        new(1, 1, 2, 3, new(1), SlidingWindow.One),
        new(1, 7, 3, 2, SlidingWindow.SideBySide(3), SlidingWindow.One),
        new(1, 6, 2, 3, SlidingWindow.Causal(2, 2), SlidingWindow.One),
        new(1, 31, 5, 17, new(4, 2, 1), SlidingWindow.One),
    ];

    public static IEnumerable<ConformanceCase> All() =>
    [
        .. s_images.Select(shape => Mean("images", shape, x => (tape) => MeanPooling.Forward(tape, x, shape.Rows, shape.Columns))),
        .. s_sequences.Select(shape => Mean("time", shape, x => (tape) => MeanPooling.Forward(tape, x, shape.Rows))),
        .. s_images.Select(shape => Max("images", shape, x => (tape) => MaxPooling.Forward(tape, x, shape.Rows, shape.Columns))),
        .. s_sequences.Select(shape => Max("time", shape, x => (tape) => MaxPooling.Forward(tape, x, shape.Rows))),
    ];

    private static int[] Shape(string what, WindowShape shape) =>
        what == "time" ? [shape.RowCount, shape.ColumnCount, shape.Channels] : [shape.Images, shape.RowCount, shape.ColumnCount, shape.Channels];

    private static OperationCase Mean(string what, WindowShape shape, Func<Tensor, Func<Tape, Tensor>> operation) =>
        new($"operation mean pooling of {what}", $"{shape}")
        {
            Shapes = [Shape(what, shape)],
            Operation = (tape, x) => operation(x[0])(tape),
            Formula = x => Means(shape, x[0]),
            Gradient = (x, g) => [Added(shape, shape.Positions, read => (read.Position, read.Window), g)],
        };

    /// <summary>The mean of each window, padding counted as zeros.</summary>
    internal static Sums Means(WindowShape shape, double[] values) => Added(shape, shape.Windows, read => (read.Window, read.Position), values);

    private static Sums Added(
        WindowShape shape, int count, Func<(int Window, int Tap, int Position), (int Target, int Source)> ends, double[] values)
    {
        Sums sums = new(count * shape.Channels);
        foreach ((int target, int source) in shape.Reads().Select(ends))
        {
            for (int channel = 0; channel < shape.Channels; channel++)
            {
                sums.Add((target * shape.Channels) + channel, values[(source * shape.Channels) + channel] / shape.Taps);
            }
        }

        return sums;
    }

    private static OperationCase Max(string what, WindowShape shape, Func<Tensor, Func<Tape, Tensor>> operation) =>
        new($"operation max pooling of {what}", $"{shape}")
        {
            Shapes = [Shape(what, shape)],
            Operation = (tape, x) => operation(x[0])(tape),
            Formula = x =>
            {
                int[] chosen = Choose(shape, x[0]);
                Sums sums = new(chosen.Length);
                for (int i = 0; i < chosen.Length; i++)
                {
                    sums.Add(i, x[0][chosen[i]], 0.0);
                }

                return sums;
            },
            Gradient = (x, g) =>
            {
                int[] chosen = Choose(shape, x[0]);
                Sums sums = new(x[0].Length);
                for (int i = 0; i < chosen.Length; i++)
                {
                    sums.Add(chosen[i], g[i]);
                }

                return [sums];
            },
        };

    /// <summary>For each channel of each window the element that is the largest.</summary>
    internal static int[] Choose(WindowShape shape, double[] values)
    {
        int[] chosen = new int[shape.Windows * shape.Channels];
        Array.Fill(chosen, -1);
        foreach ((int window, _, int position) in shape.Reads())
        {
            for (int channel = 0; channel < shape.Channels; channel++)
            {
                int element = (window * shape.Channels) + channel;
                int candidate = (position * shape.Channels) + channel;
                chosen[element] = chosen[element] < 0 || values[candidate] > values[chosen[element]] ? candidate : chosen[element];
            }
        }

        return chosen;
    }
}
