using GpuRnn.Accuracy;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Conformance.Operations;

/// <summary>Sums over all elements and over rows.</summary>
internal static class ReductionCases
{
    private static readonly int[] s_lengths = [1, 7, 1023, 1024, 1025, 100_003];
    private static readonly (int Rows, int Width)[] s_rows = [(0, 3), (1, 1), (1, 7), (13, 2), (17, 16), (31, 33), (5, 1025)];

    public static IEnumerable<ConformanceCase> All()
    {
        return
        [
            SumCase(0),
            .. s_lengths.SelectMany(length => (ConformanceCase[])[SumCase(length), MeanCase(length)]),
            .. s_rows.Select(rows => SoftmaxCase(rows.Rows, rows.Width)),
            .. s_rows.Select(rows => LogSoftmaxCase(rows.Rows, rows.Width)),
        ];
    }

    private static OperationCase SumCase(int length)
    {
        return new OperationCase("operation sum", $"n={length}")
        {
            Shapes = [[length]],
            Operation = (tape, x) => Sum.Forward(tape, x[0]),
            Formula = x => Total(x[0]),
            Gradient = (x, g) => [Spread(g[0], length)],
        };
    }

    private static OperationCase MeanCase(int length)
    {
        return new OperationCase("operation mean", $"n={length}")
        {
            Shapes = [[length]],
            Operation = (tape, x) => Mean.Forward(tape, x[0]),
            Formula = x => Total(x[0]).Times(1.0 / length),
            Gradient = (x, g) => [Spread(g[0] / length, length)],
        };
    }

    private static OperationCase SoftmaxCase(int rows, int width)
    {
        return new OperationCase("operation softmax", $"rows={rows} V={width}")
        {
            Shapes = [[rows, width]],
            Operation = (tape, x) => Softmax.Forward(tape, x[0]),
            Formula = x => Probabilities(x[0], rows, width),
            Gradient = (x, g) => [SoftmaxGradient(Probabilities(x[0], rows, width).Values, g, rows, width)],
        };
    }

    private static OperationCase LogSoftmaxCase(int rows, int width)
    {
        return new OperationCase("operation log-softmax", $"rows={rows} V={width}")
        {
            Shapes = [[rows, width]],
            Operation = (tape, x) => LogSoftmax.Forward(tape, x[0]),
            Formula = x => LogProbabilities(x[0], rows, width),
            Gradient = (x, g) => [LogSoftmaxGradient(Probabilities(x[0], rows, width).Values, g, rows, width)],
        };
    }

    private static Sums Total(double[] terms)
    {
        Sums sums = new(1);
        foreach (double term in terms)
        {
            sums.Add(0, term);
        }

        return sums;
    }

    private static Sums Spread(double gradient, int length)
    {
        Sums sums = new(length);
        for (int i = 0; i < length; i++)
        {
            sums.Add(i, gradient);
        }

        return sums;
    }

    /// <summary>The softmax of each row over the elements that are present; all of them where <paramref name="isPresent"/> is null.</summary>
    /// <remarks>The denominator is a sum of V exponentials, each positive: its relative error is that of V terms.</remarks>
    internal static Sums Probabilities(double[] input, int rows, int width, bool[]? isPresent = null)
    {
        Sums sums = new(input.Length);
        for (int row = 0; row < rows; row++)
        {
            double total = 0.0;
            int[] elements = [.. Enumerable.Range(row * width, width).Where(i => isPresent is null || isPresent[i])];
            foreach (int i in elements)
            {
                total += Math.Exp(input[i]);
            }

            foreach (int i in elements)
            {
                double probability = Math.Exp(input[i]) / total;
                sums.Add(i, probability, probability, width);
            }
        }

        return sums;
    }

    /// <summary>The gradient of a softmax's input from its result.</summary>
    /// <remarks>y_v (g_v − Σ g_u y_u): the error of y, of V terms, enters by the factor and by the sum, and the sum has V terms more.</remarks>
    internal static Sums SoftmaxGradient(double[] probabilities, double[] upstream, int rows, int width)
    {
        Sums sums = new(upstream.Length);
        for (int row = 0; row < rows; row++)
        {
            double dot = 0.0;
            double magnitude = 0.0;
            for (int i = row * width; i < (row + 1) * width; i++)
            {
                dot += upstream[i] * probabilities[i];
                magnitude += Math.Abs(upstream[i] * probabilities[i]);
            }

            for (int i = row * width; i < (row + 1) * width; i++)
            {
                double bound = probabilities[i] * (Math.Abs(upstream[i]) + magnitude);
                sums.Add(i, probabilities[i] * (upstream[i] - dot), bound, (3 * width) + Tolerances.PointwiseRoundings);
            }
        }

        return sums;
    }

    // x − m − log Σ e^(x − m): each of the three parts errs by itself, the logarithm by the relative error of its sum.
    private static Sums LogProbabilities(double[] input, int rows, int width)
    {
        Sums probabilities = Probabilities(input, rows, width);
        Sums sums = new(input.Length);
        for (int i = 0; i < input.Length; i++)
        {
            double result = Math.Log(probabilities.Values[i]);
            sums.Add(i, result, 4.0 + Math.Abs(result), width + Tolerances.PointwiseRoundings);
        }

        return sums;
    }

    // g_v − p_v Σ g_u.
    private static Sums LogSoftmaxGradient(double[] probabilities, double[] upstream, int rows, int width)
    {
        Sums sums = new(upstream.Length);
        for (int row = 0; row < rows; row++)
        {
            double total = 0.0;
            double magnitude = 0.0;
            for (int i = row * width; i < (row + 1) * width; i++)
            {
                total += upstream[i];
                magnitude += Math.Abs(upstream[i]);
            }

            for (int i = row * width; i < (row + 1) * width; i++)
            {
                double bound = Math.Abs(upstream[i]) + (probabilities[i] * magnitude);
                sums.Add(i, upstream[i] - (probabilities[i] * total), bound, (3 * width) + Tolerances.PointwiseRoundings);
            }
        }

        return sums;
    }
}
