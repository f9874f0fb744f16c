using GpuRnn.Conformance.Operations;
using GpuRnn.Layers;

namespace GpuRnn.Conformance.Layers;

/// <summary>The layers without time: dense, embedding, dropout, the last step, and both ends.</summary>
internal static class PlainLayerCases
{
    private static readonly int[] s_lengths = [0, 1, 7, 1023, 1024, 1025, 10_007];

    public static IEnumerable<ConformanceCase> All()
    {
        return
        [
            .. DenseCase.All(),
            .. EmbeddingCase.All(),
            .. s_lengths.SelectMany(length => (ConformanceCase[])[new DropoutCase(length, 0.25f), new DropoutCase(length, 0.9f)]),
            LastStepCase(1, 1, 1),
            LastStepCase(7, 3, 5),
            LastStepCase(2, 17, 33),
            FirstAndLastStepCase(1, 2, 3),
            FirstAndLastStepCase(3, 2, 5),
        ];
    }

    private static OperationCase LastStepCase(int timeSteps, int batchSize, int width)
    {
        int step = batchSize * width;
        int first = (timeSteps - 1) * step;
        return new OperationCase("layer last step", $"T={timeSteps} B={batchSize} width={width}")
        {
            Shapes = [[timeSteps, batchSize, width]],
            Operation = (tape, x) =>
            {
                using LastStep layer = new(tape.Device);
                return layer.Forward(tape, x[0]);
            },
            Formula = x => Exactly(x[0][first..]),
            Gradient = (x, g) => [Exactly([.. new double[first], .. g])],
        };
    }

    private static OperationCase FirstAndLastStepCase(int timeSteps, int batchSize, int width)
    {
        int Index(int step, int row, int unit) => (((step * batchSize) + row) * width) + unit;
        IEnumerable<(int Source, int Target)> Moves() =>
            from row in Enumerable.Range(0, batchSize)
            from unit in Enumerable.Range(0, width)
            from isFirst in new[] { 0, 1 }
            select (Index(isFirst == 1 ? 0 : timeSteps - 1, row, unit), (((row * 2) + isFirst) * width) + unit);
        return new OperationCase("layer first and last step", $"T={timeSteps} B={batchSize} width={width}")
        {
            Shapes = [[timeSteps, batchSize, width]],
            Operation = (tape, x) =>
            {
                using FirstAndLastStep layer = new(tape.Device);
                return layer.Forward(tape, x[0]);
            },
            Formula = x => Added(2 * batchSize * width, Moves().Select(move => (move.Target, x[0][move.Source]))),
            Gradient = (x, g) => [Added(x[0].Length, Moves().Select(move => (move.Source, g[move.Target])))],
        };
    }

    private static Sums Added(int length, IEnumerable<(int Index, double Value)> terms)
    {
        Sums sums = new(length);
        foreach ((int index, double value) in terms)
        {
            sums.Add(index, value, 0.0);
        }

        return sums;
    }

    private static Sums Exactly(double[] values)
    {
        Sums sums = new(values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            sums.Add(i, values[i], 0.0);
        }

        return sums;
    }
}
