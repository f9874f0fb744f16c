using GpuRnn.Conformance.Operations;
using GpuRnn.Kernels.Losses;
using GpuRnn.Layers;
using GpuRnn.Training;

namespace GpuRnn.Conformance.Losses;

/// <summary>Connectionist temporal classification, with a weight of its own for each row.</summary>
internal static class CtcCases
{
    // What one step adds to the error of a logarithm: the sum of three exponentials, its logarithm, the log softmax.
    private const int RoundingsAStep = 16;

    public static IEnumerable<ConformanceCase> All() =>
    [
        Case(1, 3, blank: 0, [1], [[1]]),
        Case(6, 4, blank: 0, [6, 5, 6, 2, 0, 4], [[1, 2, 3], [2, 2], [], [3], [], [1, 1, 1]]),
        Case(9, 5, blank: 4, [9, 3], [[0, 1, 2, 3], [0]]),
        Case(40, 7, blank: 3, [.. Enumerable.Range(0, 17).Select(row => 24 + row)], [.. Enumerable.Range(0, 17).Select(Labels)]),
    ];

    // Rows of 0 to 9 labels, with repeats.
    private static int[] Labels(int row) => [.. Enumerable.Range(0, row * 4 % 10).Select(i => (row + (i * i)) % 6 is int label && label >= 3 ? label + 1 : (row + (i * i)) % 6)];

    private static OperationCase Case(int timeSteps, int classCount, int blank, int[] lengths, int[][] labels)
    {
        int batch = lengths.Length;
        CtcOptions options = new() { Blank = blank, ZeroInfinity = true };
        SequenceMask mask = SequenceMask.FromLengths(timeSteps, lengths);
        return new OperationCase("loss connectionist temporal", $"T={timeSteps} B={batch} V={classCount} L={labels.Max(row => row.Length)}")
        {
            Shapes = [[timeSteps, batch, classCount]],
            Operation = (tape, x) => CtcLoss.Rows(tape, x[0], labels, mask, options),
            Formula = x =>
            {
                Sums sums = new(batch);
                for (int row = 0; row < batch; row++)
                {
                    double[] logits = Row(x[0], row, lengths[row], batch, classCount);
                    double loss = ConnectionistTemporalReference.Evaluate(logits, classCount, labels[row], blank, []);
                    sums.Add(row, double.IsInfinity(loss) ? 0.0 : loss, Magnitude(logits, classCount), RoundingsAStep * (timeSteps + classCount));
                }

                return sums;
            },
            Gradient = (x, g) =>
            {
                Sums sums = new(x[0].Length);
                for (int row = 0; row < batch; row++)
                {
                    double[] logits = Row(x[0], row, lengths[row], batch, classCount);
                    AddGradient(sums, logits, classCount, labels[row], blank, row, batch, g[row]);
                }

                return [sums];
            },
        };
    }

    // A posterior is e^(α + β + loss): its relative error is the absolute one of the three logarithms.
    private static void AddGradient(Sums sums, double[] logits, int classCount, int[] labels, int blank, int row, int batch, double upstream)
    {
        double[] gradient = new double[logits.Length];
        double loss = ConnectionistTemporalReference.Evaluate(logits, classCount, labels, blank, gradient);
        double magnitude = Magnitude(logits, classCount);
        for (int i = 0; i < gradient.Length; i++)
        {
            double value = double.IsInfinity(loss) ? 0.0 : gradient[i] * upstream;
            int step = i / classCount;
            int at = (((step * batch) + row) * classCount) + (i % classCount);
            sums.Add(at, value, 3.0 * magnitude * Math.Abs(upstream), RoundingsAStep * ((logits.Length / classCount) + classCount));
        }
    }

    // No logarithm of a path's probability is larger than the sum of each step's largest.
    private static double Magnitude(double[] logits, int classCount)
    {
        double[] logProbabilities = ConnectionistTemporalReference.LogSoftmax(logits, classCount);
        return 1.0 + logProbabilities.Chunk(classCount).Sum(step => -step.Min());
    }

    private static double[] Row(double[] values, int row, int length, int batch, int classCount) =>
        [.. Enumerable.Range(0, length).SelectMany(step => values.AsSpan(((step * batch) + row) * classCount, classCount).ToArray())];
}
