using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Conformance.Operations;

/// <summary>Operations that move elements; forward they must not change a bit.</summary>
internal static class ShapeCases
{
    private static readonly (int First, int Second, int Width)[] s_sizes = [(1, 1, 1), (2, 3, 5), (7, 2, 17), (3, 16, 15), (33, 31, 3)];

    public static IEnumerable<ConformanceCase> All()
    {
        return s_sizes.SelectMany(size => (ConformanceCase[])
        [
            ReshapeCase(size.First, size.Second, size.Width),
            SwapCase(size.First, size.Second, size.Width),
            StepCase(size.First, size.Second, size.Width),
            StepsCase(size.First, size.Second, size.Width),
            ConcatCase(size.First, [size.Second, 0, size.Width, 1]),
            ColumnsCase(size.First, size.Second, size.Width),
            EmbeddingCase(size.First, size.Second, size.Width),
            PickCase(size.First, size.Second, size.Width),
        ]).Concat([PickCase(3, 0, 2), PickCase(0, 2, 3), ReshapeCase(0, 2, 3), SwapCase(0, 2, 3), EmbeddingCase(3, 0, 2), ConcatCase(0, [2, 3])]);
    }

    private static OperationCase ReshapeCase(int first, int second, int width)
    {
        int[] order = [.. Enumerable.Range(0, first * second * width)];
        return Moved("reshape", $"[{first}, {second}, {width}]", [[first, second, width]], order,
            (tape, x) => Reshape.Forward(tape, x[0], first * second, width));
    }

    private static OperationCase SwapCase(int first, int second, int width)
    {
        int[] order =
        [
            .. Enumerable.Range(0, second).SelectMany(b => Enumerable.Range(0, first).SelectMany(a =>
                Enumerable.Range(((a * second) + b) * width, width))),
        ];
        return Moved("swap time and batch", $"[{first}, {second}, {width}]", [[first, second, width]], order,
            (tape, x) => SwapTimeAndBatch.Forward(tape, x[0]));
    }

    private static OperationCase StepCase(int steps, int batchSize, int width)
    {
        int step = steps / 2;
        int[] order = [.. Enumerable.Range(step * batchSize * width, batchSize * width)];
        return Moved("slice time, one step", $"T={steps} B={batchSize} width={width}", [[steps, batchSize, width]], order,
            (tape, x) => SliceTime.Forward(tape, x[0], step));
    }

    private static OperationCase StepsCase(int steps, int batchSize, int width)
    {
        int start = steps / 3;
        int count = (steps + 1) / 2;
        int[] order = [.. Enumerable.Range(start * batchSize * width, count * batchSize * width)];
        return Moved("slice time", $"T={steps} B={batchSize} width={width}", [[steps, batchSize, width]], order,
            (tape, x) => SliceTime.Forward(tape, x[0], start, count));
    }

    private static OperationCase ConcatCase(int rows, int[] widths)
    {
        List<int> order = [];
        for (int row = 0; row < rows; row++)
        {
            int first = 0;
            foreach (int width in widths)
            {
                order.AddRange(Enumerable.Range(first + (row * width), width));
                first += rows * width;
            }
        }

        return Moved("concat", $"rows={rows} widths={string.Join('+', widths)}", [.. widths.Select(width => new[] { rows, width })], [.. order],
            (tape, x) => Concat.Forward(tape, x));
    }

    private static OperationCase ColumnsCase(int rows, int columns, int count)
    {
        int width = columns + count;
        int[] order = [.. Enumerable.Range(0, rows).SelectMany(row => Enumerable.Range((row * width) + (columns / 2), count))];
        return Moved("slice columns", $"rows={rows} width={width} count={count}", [[rows, width]], order,
            (tape, x) => SliceColumns.Forward(tape, x[0], columns / 2, count));
    }

    private static OperationCase EmbeddingCase(int rowCount, int lookups, int width)
    {
        // Every row but the last, some of them several times.
        int[] indices = [.. Enumerable.Range(0, lookups).Select(i => i * 5 % Math.Max(1, rowCount - 1))];
        int[] order = [.. indices.SelectMany(index => Enumerable.Range(index * width, width))];
        return Moved("embedding", $"V={rowCount} E={width} lookups={lookups}", [[rowCount, width]], order,
            (tape, x) => Embedding.Forward(tape, x[0], indices, lookups));
    }

    private static OperationCase PickCase(int rowCount, int picks, int width)
    {
        // From the last row down, every third number none; a row left out gets a gradient of zeros.
        int[] rows = [.. Enumerable.Range(0, picks).Select(i => i % 3 == 2 ? -1 : Math.Max(-1, rowCount - 1 - i))];
        int[] order = [.. rows.SelectMany(row => Enumerable.Range(0, width).Select(column => row < 0 ? -1 : (row * width) + column))];
        return Moved("pick rows", $"rows={rowCount} width={width} picks={picks}", [[rowCount, width]], order,
            (tape, x) => PickRows.Forward(tape, x[0], rows));
    }

    /// <summary>
    /// A case whose result holds, element for element, those of all inputs one after the other in this order; 0 where a number is negative.
    /// </summary>
    private static OperationCase Moved(
        string name, string sizes, int[][] shapes, int[] order, Func<Tape, Tensor[], Tensor> operation)
    {
        return new OperationCase($"operation {name}", sizes)
        {
            Shapes = shapes,
            Operation = operation,
            Formula = x =>
            {
                double[] all = [.. x.SelectMany(input => input)];
                Sums sums = new(order.Length);
                for (int i = 0; i < order.Length; i++)
                {
                    sums.Add(i, order[i] < 0 ? 0.0 : all[order[i]], 0.0);
                }

                return sums;
            },
            Gradient = (x, g) => Scatter([.. x.Select(input => input.Length)], order, g),
        };
    }

    private static Sums[] Scatter(int[] lengths, int[] order, double[] upstream)
    {
        Sums[] gradients = [.. lengths.Select(length => new Sums(length))];
        for (int i = 0; i < order.Length; i++)
        {
            int input = 0;
            int index = order[i];
            if (index < 0)
            {
                continue;
            }

            while (index >= lengths[input])
            {
                index -= lengths[input++];
            }

            gradients[input].Add(index, upstream[i]);
        }

        return gradients;
    }
}
