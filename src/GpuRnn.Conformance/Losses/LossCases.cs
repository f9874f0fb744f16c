using GpuRnn.Accuracy;
using GpuRnn.Conformance.Operations;
using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Conformance.Losses;

/// <summary>The losses of training, each a mean.</summary>
internal static class LossCases
{
    private const ulong TargetSeed = 99;
    private const float Delta = 0.3f;
    private static readonly int[] s_lengths = [1, 7, 1023, 1024, 1025, 10_007];
    private static readonly (int Rows, int Classes)[] s_rows = [(1, 1), (1, 7), (13, 2), (17, 16), (31, 33), (1025, 5)];

    public static IEnumerable<ConformanceCase> All()
    {
        return s_lengths.SelectMany(length => (ConformanceCase[])
        [
            Case("mean squared error", length, Training.Losses.MeanSquaredError, d => d * d, d => 2.0 * d),
            Case("mean absolute error", length, Training.Losses.MeanAbsoluteError, Math.Abs, d => Math.Sign(d)),
            Case("huber", length, (tape, p, t) => Training.Losses.Huber(tape, p, t, Delta), Huber, d => Math.Clamp(d, -Delta, Delta)),
        ]).Concat(s_rows.SelectMany(rows => (ConformanceCase[])
        [
            CrossEntropyCase(rows.Rows, rows.Classes, ignoreEvery: 0),
            .. rows.Rows == 1 ? [] : (ConformanceCase[])[CrossEntropyCase(rows.Rows, rows.Classes, ignoreEvery: 3)],
        ])).Append(CrossEntropyCase(5, 3, ignoreEvery: 1));
    }

    private static double Huber(double difference)
    {
        double distance = Math.Abs(difference);
        return distance <= Delta ? distance * distance / 2.0 : Delta * (distance - (Delta / 2.0));
    }

    private static OperationCase Case(
        string name, int length, Func<Tape, Tensor, Tensor, Tensor> loss, Func<double, double> term, Func<double, double> slope)
    {
        float[] targets = CaseValues.Uniform(length, TargetSeed);
        return new OperationCase($"loss {name}", $"n={length}")
        {
            Shapes = [[length]],
            Operation = (tape, x) => loss(tape, x[0], tape.Input(targets, length)),
            Formula = x =>
            {
                Sums sums = new(1);
                for (int i = 0; i < length; i++)
                {
                    sums.Add(0, term(x[0][i] - targets[i]));
                }

                return sums.Times(1.0 / length);
            },
            Gradient = (x, g) =>
            {
                Sums sums = new(length);
                for (int i = 0; i < length; i++)
                {
                    sums.Add(i, slope(x[0][i] - targets[i]) * g[0] / length);
                }

                return [sums];
            },
        };
    }

    /// <param name="rows">N.</param>
    /// <param name="width">V.</param>
    /// <param name="ignoreEvery">Each row whose number this divides is ignored; 0 for none, 1 for all, which makes the mean NaN.</param>
    private static OperationCase CrossEntropyCase(int rows, int width, int ignoreEvery)
    {
        bool[] isIgnored = [.. Enumerable.Range(0, rows).Select(row => ignoreEvery > 0 && (row + 1) % ignoreEvery == 0)];
        int[] classes = [.. isIgnored.Select((ignored, row) => ignored ? Training.Losses.DefaultIgnoreIndex : row * 7 % width)];
        int count = isIgnored.Count(ignored => !ignored);
        return new OperationCase("loss softmax cross-entropy", $"N={rows} V={width} ignored={rows - count}")
        {
            Shapes = [[rows, width]],
            Operation = (tape, x) => Training.Losses.SoftmaxCrossEntropy(tape, x[0], classes),
            Formula = x =>
            {
                Sums sums = new(1);
                for (int row = 0; row < rows; row++)
                {
                    if (!isIgnored[row])
                    {
                        AddRow(sums, x[0].AsSpan(row * width, width), classes[row]);
                    }
                }

                return sums.Times(1.0 / count);
            },
            Gradient = (x, g) =>
            {
                Sums sums = new(rows * width);
                for (int row = 0; row < rows; row++)
                {
                    if (!isIgnored[row])
                    {
                        AddRowGradient(sums, x[0], row, width, classes[row], g[0] / count);
                    }
                }

                return [sums];
            },
        };
    }

    // log Σ e^x − x_class. Relative to the largest logit, the sum of V terms is at least 1, so its relative error is that of its logarithm.
    private static void AddRow(Sums sums, ReadOnlySpan<double> logits, int target)
    {
        double largest = double.NegativeInfinity;
        foreach (double logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        double total = 0.0;
        foreach (double logit in logits)
        {
            total += Math.Exp(logit - largest);
        }

        double distance = largest - logits[target];
        sums.Add(0, Math.Log(total) + distance, 1.0 + Math.Log(total) + distance, logits.Length);
    }

    private static void AddRowGradient(Sums sums, double[] logits, int row, int width, int target, double upstream)
    {
        ReadOnlySpan<double> line = logits.AsSpan(row * width, width);
        double total = 0.0;
        foreach (double logit in line)
        {
            total += Math.Exp(logit);
        }

        for (int i = 0; i < width; i++)
        {
            double probability = Math.Exp(line[i]) / total;
            double hit = i == target ? 1.0 : 0.0;
            double magnitude = (probability + hit) * Math.Abs(upstream);
            sums.Add((row * width) + i, (probability - hit) * upstream, magnitude, width + Tolerances.PointwiseRoundings);
        }
    }
}
