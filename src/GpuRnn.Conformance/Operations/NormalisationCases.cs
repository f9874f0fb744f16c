using GpuRnn.Accuracy;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Conformance.Operations;

/// <summary>Normalisation of rows, of columns, and by statistics that are known.</summary>
internal static class NormalisationCases
{
    private const double Epsilon = 0.015625;

    private static readonly (int Rows, int Width)[] s_sizes = [(2, 2), (3, 5), (7, 3), (17, 33), (65, 16), (5, 257)];

    public static IEnumerable<ConformanceCase> All() => s_sizes.SelectMany(size => (ConformanceCase[])
    [
        Case("over rows", size.Rows, size.Width, isOverRows: true, isKnown: false),
        Case("over columns", size.Rows, size.Width, isOverRows: false, isKnown: false),
        Case("by statistics", size.Rows, size.Width, isOverRows: false, isKnown: true),
    ]);

    private static OperationCase Case(string name, int rows, int width, bool isOverRows, bool isKnown)
    {
        return new OperationCase($"operation normalisation {name}", $"rows={rows} width={width}")
        {
            Shapes = [[rows, width], [width], [width]],
            Operation = (tape, x) => isOverRows ? Normalisation.OverRows(tape, x[0], x[1], x[2], (float)Epsilon)
                : isKnown ? Normalisation.ByStatistics(tape, x[0], x[1], x[2], (float)Epsilon, tape.Input(Means(width), width), tape.Input(Variances(width), width))
                : Normalisation.OverColumns(tape, x[0], x[1], x[2], (float)Epsilon, tape.Input(new float[width], width), tape.Input(new float[width], width)),
            Formula = x => Forward(x, Vectors(rows, width, isOverRows, isKnown), width),
            Gradient = (x, g) => Backward(x, g, Vectors(rows, width, isOverRows, isKnown), width),
        };
    }

    private static float[] Means(int width) => CaseValues.Uniform(width, 31);

    private static float[] Variances(int width) => Array.ConvertAll(CaseValues.Uniform(width, 32), value => 0.5f + (value * value));

    // The elements that share a mean and a variance, and these where they are known.
    private static IEnumerable<(int[] Elements, double? Mean, double Variance)> Vectors(int rows, int width, bool isOverRows, bool isKnown) => isOverRows
        ? Enumerable.Range(0, rows).Select(row => (Enumerable.Range(row * width, width).ToArray(), (double?)null, 0.0))
        : Enumerable.Range(0, width).Select(column => (
            Enumerable.Range(0, rows).Select(row => (row * width) + column).ToArray(),
            isKnown ? (double?)Means(width)[column] : null,
            isKnown ? Variances(width)[column] : 0.0));

    private static (double Mean, double Deviation, double Largest) Statistics(double[] x, (int[] Elements, double? Mean, double Variance) vector)
    {
        double mean = vector.Mean ?? vector.Elements.Average(i => x[i]);
        double variance = vector.Mean is null ? vector.Elements.Average(i => (x[i] - mean) * (x[i] - mean)) : vector.Variance;
        return (mean, Math.Sqrt(variance + Epsilon), Math.Abs(mean) + vector.Elements.Max(i => Math.Abs(x[i])));
    }

    private static Sums Forward(double[][] x, IEnumerable<(int[] Elements, double? Mean, double Variance)> vectors, int width)
    {
        Sums sums = new(x[0].Length);
        foreach ((int[] Elements, double? Mean, double Variance) vector in vectors)
        {
            (double mean, double deviation, double largest) = Statistics(x[0], vector);
            foreach (int i in vector.Elements)
            {
                // The mean errs by its sum, and the deviation by that of the squares of differences that err so.
                double value = (x[0][i] - mean) / deviation;
                double ratio = largest / deviation;
                double magnitude = Math.Abs(x[1][i % width]) * ratio * (1.0 + (ratio * Math.Abs(value)));
                sums.Add(i, (x[1][i % width] * value) + x[2][i % width], magnitude + Math.Abs(x[2][i % width]), (2 * vector.Elements.Length) + Tolerances.PointwiseRoundings);
            }
        }

        return sums;
    }

    private static Sums[] Backward(double[][] x, double[] upstream, IEnumerable<(int[] Elements, double? Mean, double Variance)> vectors, int width)
    {
        Sums[] sums = [new(x[0].Length), new(width), new(width)];
        foreach ((int[] Elements, double? Mean, double Variance) vector in vectors)
        {
            (double mean, double deviation, double largest) = Statistics(x[0], vector);
            double Value(int i) => (x[0][i] - mean) / deviation;
            double Part(int i) => upstream[i] * x[1][i % width];
            bool isKnown = vector.Mean is not null;
            double meanPart = isKnown ? 0.0 : vector.Elements.Average(Part);
            double meanProduct = isKnown ? 0.0 : vector.Elements.Average(i => Part(i) * Value(i));
            double ratio = largest / deviation;
            double most = vector.Elements.Max(i => Math.Abs(Part(i)));
            int length = (4 * vector.Elements.Length) + Tolerances.PointwiseRoundings;
            foreach (int i in vector.Elements)
            {
                double gradient = (Part(i) - meanPart - (Value(i) * meanProduct)) / deviation;
                sums[0].Add(i, gradient, most * (2.0 + (ratio * ratio)) * (1.0 + (ratio * ratio)) / deviation, length);
                sums[1].Add(i % width, upstream[i] * Value(i), Math.Abs(upstream[i]) * ratio * (1.0 + (ratio * ratio)), length);
                sums[2].Add(i % width, upstream[i]);
            }
        }

        return sums;
    }
}
