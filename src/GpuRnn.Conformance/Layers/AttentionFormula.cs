using GpuRnn.Layers;

namespace GpuRnn.Conformance.Layers;

/// <summary>Attention in double, as plain loops over one sequence and one query at a time.</summary>
internal static class AttentionFormula
{
    /// <summary>The context of one query.</summary>
    /// <param name="options">Score and sizes.</param>
    /// <param name="parameters">Those of the module, in its order.</param>
    /// <param name="query">[Q].</param>
    /// <param name="values">[S, B, K].</param>
    /// <param name="batchSize">B.</param>
    /// <param name="sequence">b.</param>
    /// <param name="length">Steps that are there.</param>
    public static double[] Context(
        AttentionOptions options, IReadOnlyList<double[]> parameters, double[] query, double[] values, int batchSize, int sequence, int length)
    {
        double[][] steps = [.. Enumerable.Range(0, length).Select(s => values.AsSpan(((s * batchSize) + sequence) * options.ValueSize, options.ValueSize).ToArray())];
        double[] exponentials = [.. steps.Select(value => Math.Exp(Score(options, parameters, query, value)))];
        double[] context = new double[options.ValueSize];
        for (int s = 0; s < steps.Length; s++)
        {
            for (int k = 0; k < context.Length; k++)
            {
                context[k] += exponentials[s] / exponentials.Sum() * steps[s][k];
            }
        }

        return context;
    }

    /// <summary>M · x.</summary>
    public static double[] Multiply(double[] matrix, double[] x)
    {
        return [.. Enumerable.Range(0, matrix.Length / x.Length).Select(row => Dot(matrix.AsSpan(row * x.Length, x.Length), x))];
    }

    private static double Score(AttentionOptions options, IReadOnlyList<double[]> parameters, double[] query, double[] value)
    {
        return options.Score switch
        {
            AttentionScore.Dot => Dot(query, value) / (options.IsScaled ? Math.Sqrt(query.Length) : 1.0),
            AttentionScore.General => Dot(query, Multiply(parameters[0], value)) / (options.IsScaled ? Math.Sqrt(query.Length) : 1.0),
            AttentionScore.Concat => Dot(parameters[1], [.. Multiply(parameters[0], [.. query, .. value]).Select(Math.Tanh)]),
            _ => Dot(parameters[2], [.. Multiply(parameters[0], query).Zip(Multiply(parameters[1], value), (left, right) => Math.Tanh(left + right))]),
        };
    }

    private static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        double sum = 0.0;
        for (int i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }
}
