using GpuRnn.Conformance.Operations;
using GpuRnn.Layers;

namespace GpuRnn.Conformance.Layers;

/// <summary>The layers without time: dense, dropout, and the last step.</summary>
internal static class PlainLayerCases
{
    private static readonly int[] s_lengths = [0, 1, 7, 1023, 1024, 1025, 10_007];

    public static IEnumerable<ConformanceCase> All()
    {
        return
        [
            .. DenseCase.All(),
            .. s_lengths.SelectMany(length => (ConformanceCase[])[new DropoutCase(length, 0.25f), new DropoutCase(length, 0.9f)]),
            LastStepCase(1, 1, 1),
            LastStepCase(7, 3, 5),
            LastStepCase(2, 17, 33),
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
