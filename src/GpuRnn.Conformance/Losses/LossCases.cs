using GpuRnn.Accuracy;
using GpuRnn.Conformance.Operations;
using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Conformance.Losses;

/// <summary>The losses of training, each a mean.</summary>
internal static class LossCases
{
    private const ulong TargetSeed = 99;
    private const ulong WeightSeed = 131;
    private const float Delta = 0.3f;
    private const float Level = 0.875f;
    private const float PositiveWeight = 2.5f;
    private static readonly int[] s_lengths = [1, 7, 1023, 1024, 1025, 10_007];
    private static readonly int[][] s_shapes = [[5, 1], [3, 4, 5], [67, 33]];
    private static readonly WeightForm[] s_weights = [WeightForm.None, WeightForm.Rows, WeightForm.Elements];
    private static readonly (int Rows, int Classes)[] s_rows = [(1, 1), (1, 7), (13, 2), (17, 16), (31, 33), (1025, 5)];

    public static IEnumerable<ConformanceCase> All()
    {
        return s_lengths.SelectMany(length => (ConformanceCase[])
        [
            Case("mean squared error", [length], (tape, p, t, w) => Training.Losses.MeanSquaredError(tape, p, t, w), (p, t) => (p - t) * (p - t), (p, t) => 2.0 * (p - t)),
            Case("mean absolute error", [length], (tape, p, t, w) => Training.Losses.MeanAbsoluteError(tape, p, t, w), (p, t) => Math.Abs(p - t), (p, t) => Math.Sign(p - t)),
            Case("huber", [length], (tape, p, t, w) => Training.Losses.Huber(tape, p, t, Delta, w), (p, t) => Huber(p - t), (p, t) => Math.Clamp(p - t, -Delta, Delta)),
        ])
        .Concat(s_shapes.SelectMany(shape => s_weights.SelectMany(weights => Shaped(shape, weights))))
        .Concat(s_rows.SelectMany(rows => (ConformanceCase[])
        [
            CrossEntropyCase(rows.Rows, rows.Classes, ignoreEvery: 0),
            .. rows.Rows == 1 ? [] : (ConformanceCase[])[CrossEntropyCase(rows.Rows, rows.Classes, ignoreEvery: 3)],
            CrossEntropyCase(rows.Rows, rows.Classes, ignoreEvery: 0, smoothing: 0.1f),
            CrossEntropyCase(rows.Rows, rows.Classes, ignoreEvery: 5, smoothing: 0.3f, isWeighted: true),
        ]))
        .Append(CrossEntropyCase(5, 3, ignoreEvery: 1));
    }

    private static ConformanceCase[] Shaped(int[] shape, WeightForm weights) =>
    [
        Case("mean squared error", shape, (tape, p, t, w) => Training.Losses.MeanSquaredError(tape, p, t, w), (p, t) => (p - t) * (p - t), (p, t) => 2.0 * (p - t), weights),
        Case("quantile", shape, (tape, p, t, w) => Training.Losses.Quantile(tape, p, t, [Level], w), (p, t) => Math.Max(Level * (t - p), (Level - 1.0) * (t - p)), (p, t) => t > p ? -Level : 1.0 - Level, weights),
        Case("binary cross-entropy", shape, (tape, p, t, w) => Training.Losses.BinaryCrossEntropy(tape, p, t, [PositiveWeight], w), Logistic, LogisticSlope, weights),
        GaussianCase(shape, weights),
    ];

    private static double Huber(double difference)
    {
        double distance = Math.Abs(difference);
        return distance <= Delta ? distance * distance / 2.0 : Delta * (distance - (Delta / 2.0));
    }

    private static double Logistic(double logit, double target) =>
        (PositiveWeight * target * Math.Log(1.0 + Math.Exp(-logit))) + ((1.0 - target) * Math.Log(1.0 + Math.Exp(logit)));

    private static double LogisticSlope(double logit, double target) =>
        ((1.0 - target) / (1.0 + Math.Exp(-logit))) - (PositiveWeight * target / (1.0 + Math.Exp(logit)));

    // Some targets are absent; NaN stands there, which must not matter.
    private static (float[]? Values, double[] ByElement) Weights(WeightForm form, int[] shape)
    {
        int count = CaseValues.Count(shape);
        int columns = shape[^1];
        if (form == WeightForm.None)
        {
            return (null, [.. Enumerable.Repeat(1.0, count)]);
        }

        float[] weights = CaseValues.Uniform(form == WeightForm.Rows ? count / columns : count, WeightSeed);
        weights = [.. weights.Select((value, i) => i % 3 == 1 ? 0f : Math.Abs(value) + 0.25f)];
        return (weights, [.. Enumerable.Range(0, count).Select(i => (double)weights[form == WeightForm.Rows ? i / columns : i])]);
    }

    private static OperationCase Case(
        string name,
        int[] shape,
        Func<Tape, Tensor, Tensor, float[]?, Tensor> loss,
        Func<double, double, double> term,
        Func<double, double, double> slope,
        WeightForm form = WeightForm.None)
    {
        int length = CaseValues.Count(shape);
        (float[]? weights, double[] byElement) = Weights(form, shape);
        float[] targets = [.. CaseValues.Uniform(length, TargetSeed).Select((value, i) => byElement[i] > 0.0 ? value : float.NaN)];
        double total = byElement.Sum();
        return new OperationCase($"loss {name}", shape.Length == 1 ? $"n={length}" : $"shape={string.Join('x', shape)} weights={form}")
        {
            Shapes = [shape],
            Operation = (tape, x) => loss(tape, x[0], tape.Input(targets, shape), weights),
            Formula = x =>
            {
                Sums sums = new(1);
                for (int i = 0; i < length; i++)
                {
                    if (byElement[i] > 0.0)
                    {
                        sums.Add(0, byElement[i] * term(x[0][i], targets[i]));
                    }
                }

                return sums.Times(1.0 / total);
            },
            Gradient = (x, g) =>
            {
                Sums sums = new(length);
                for (int i = 0; i < length; i++)
                {
                    // The slope of a cross-entropy is a difference of two numbers up to the weights themselves.
                    double factor = byElement[i] * g[0] / total;
                    double value = byElement[i] > 0.0 ? slope(x[0][i], targets[i]) : 0.0;
                    sums.Add(i, value * factor, (Math.Abs(value) + PositiveWeight) * Math.Abs(factor));
                }

                return [sums];
            },
        };
    }

    private static OperationCase GaussianCase(int[] shape, WeightForm form)
    {
        int length = CaseValues.Count(shape);
        int columns = shape[^1];
        (float[]? weights, double[] byElement) = Weights(form, shape);
        float[] targets = [.. CaseValues.Uniform(length, TargetSeed).Select((value, i) => byElement[i] > 0.0 ? value : float.NaN)];
        double total = byElement.Sum();
        int Mean(int i) => (i / columns * 2 * columns) + (i % columns);
        return new OperationCase("loss gaussian", $"shape={string.Join('x', shape)} weights={form}")
        {
            Shapes = [[.. shape[..^1], 2 * columns]],
            Operation = (tape, x) => Training.Losses.GaussianNegativeLogLikelihood(tape, x[0], tape.Input(targets, shape), weights),
            Formula = x =>
            {
                Sums sums = new(1);
                for (int i = 0; i < length; i++)
                {
                    if (byElement[i] > 0.0)
                    {
                        double distance = x[0][Mean(i)] - targets[i];
                        double spread = x[0][Mean(i) + columns];
                        double scaled = distance * distance * Math.Exp(-spread);
                        sums.Add(0, byElement[i] * (spread + scaled) / 2.0, byElement[i] * (Math.Abs(spread) + scaled));
                    }
                }

                return sums.Times(1.0 / total);
            },
            Gradient = (x, g) =>
            {
                Sums sums = new(2 * length);
                for (int i = 0; i < length; i++)
                {
                    double factor = byElement[i] * g[0] / total;
                    double distance = byElement[i] > 0.0 ? x[0][Mean(i)] - targets[i] : 0.0;
                    double byMean = distance * Math.Exp(-x[0][Mean(i) + columns]);
                    sums.Add(Mean(i), byMean * factor, (1.0 + Math.Abs(byMean)) * 2.0 * Math.Abs(factor));
                    sums.Add(Mean(i) + columns, 0.5 * (1.0 - (distance * byMean)) * factor, (1.0 + (distance * byMean)) * 2.0 * Math.Abs(factor));
                }

                return [sums];
            },
        };
    }

    /// <param name="rows">N.</param>
    /// <param name="width">V.</param>
    /// <param name="ignoreEvery">Each row whose number this divides is ignored; 0 for none, 1 for all, which makes the mean NaN.</param>
    /// <param name="smoothing">ε.</param>
    /// <param name="isWeighted">True for weights of classes and rows.</param>
    private static OperationCase CrossEntropyCase(int rows, int width, int ignoreEvery, float smoothing = 0f, bool isWeighted = false)
    {
        bool[] isIgnored = [.. Enumerable.Range(0, rows).Select(row => ignoreEvery > 0 && (row + 1) % ignoreEvery == 0)];
        int[] classes = [.. isIgnored.Select((ignored, row) => ignored ? Training.Losses.DefaultIgnoreIndex : row * 7 % width)];
        float[]? classWeights = isWeighted ? Array.ConvertAll(CaseValues.Uniform(width, WeightSeed), value => Math.Abs(value) + 0.5f) : null;
        float[]? rowWeights = isWeighted ? [.. CaseValues.Uniform(rows, WeightSeed + 1).Select((value, i) => i % 4 == 2 ? 0f : Math.Abs(value) + 0.5f)] : null;
        double Counts(int row) => isIgnored[row] ? 0.0 : rowWeights?[row] ?? 1.0;
        double total = Enumerable.Range(0, rows).Sum(row => Counts(row) == 0.0 ? 0.0 : Counts(row) * (classWeights?[classes[row]] ?? 1.0));
        double[] Wanted(int row) => [.. Enumerable.Range(0, width).Select(v =>
            (classWeights?[v] ?? 1.0) * ((v == classes[row] ? 1.0 - smoothing : 0.0) + ((double)smoothing / width)))];
        string options = isWeighted || smoothing > 0f ? FormattableString.Invariant($" smoothing={smoothing} weighted={isWeighted}") : "";
        return new OperationCase("loss softmax cross-entropy", $"N={rows} V={width} ignored={isIgnored.Count(ignored => ignored)}{options}")
        {
            Shapes = [[rows, width]],
            Operation = (tape, x) => Training.Losses.SoftmaxCrossEntropy(
                tape, x[0], classes, labelSmoothing: smoothing, classWeights: classWeights, weights: rowWeights),
            Formula = x =>
            {
                Sums sums = new(1);
                for (int row = 0; row < rows; row++)
                {
                    if (Counts(row) > 0.0)
                    {
                        AddRow(sums, x[0].AsSpan(row * width, width), Wanted(row), Counts(row));
                    }
                }

                return sums.Times(1.0 / total);
            },
            Gradient = (x, g) =>
            {
                Sums sums = new(rows * width);
                for (int row = 0; row < rows; row++)
                {
                    if (Counts(row) > 0.0)
                    {
                        AddRowGradient(sums, x[0], row, Wanted(row), Counts(row) * g[0] / total);
                    }
                }

                return [sums];
            },
        };
    }

    // Σ q·(log Σ e^x − x). Relative to the largest logit, the sum of V terms is at least 1, so its relative error is that of its logarithm.
    private static void AddRow(Sums sums, ReadOnlySpan<double> logits, double[] wanted, double weight)
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

        double term = 0.0;
        double magnitude = 0.0;
        for (int i = 0; i < logits.Length; i++)
        {
            double distance = largest - logits[i];
            term += weight * wanted[i] * (Math.Log(total) + distance);
            magnitude += weight * wanted[i] * (1.0 + Math.Log(total) + distance);
        }

        sums.Add(0, term, magnitude, logits.Length);
    }

    private static void AddRowGradient(Sums sums, double[] logits, int row, double[] wanted, double upstream)
    {
        ReadOnlySpan<double> line = logits.AsSpan(row * wanted.Length, wanted.Length);
        double total = 0.0;
        foreach (double logit in line)
        {
            total += Math.Exp(logit);
        }

        for (int i = 0; i < line.Length; i++)
        {
            double given = wanted.Sum() * Math.Exp(line[i]) / total;
            double magnitude = (given + wanted[i]) * Math.Abs(upstream);
            sums.Add((row * wanted.Length) + i, (given - wanted[i]) * upstream, magnitude, line.Length + Tolerances.PointwiseRoundings);
        }
    }

    private enum WeightForm
    {
        None,
        Rows,
        Elements,
    }
}
