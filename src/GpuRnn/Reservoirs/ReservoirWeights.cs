using GpuRnn.Tensors;

namespace GpuRnn.Reservoirs;

/// <summary>The fixed weights of a reservoir: drawn once, learned never.</summary>
public sealed class ReservoirWeights
{
    internal ReservoirWeights(SparseMatrix recurrent, double[] input, double[] feedback, double[] bias)
    {
        (RecurrentMatrix, InputArray, FeedbackArray, BiasArray) = (recurrent, input, feedback, bias);
    }

    /// <summary>W, [H, H], row-major: its nonzero elements uniform in ±1, then scaled to the spectral radius.</summary>
    public double[] Recurrent => RecurrentMatrix.ToDense();

    /// <summary>W_in, [H, I].</summary>
    public IReadOnlyList<double> Input => InputArray;

    /// <summary>W_back, [H, O]; zeros without feedback.</summary>
    public IReadOnlyList<double> Feedback => FeedbackArray;

    /// <summary>b, [H].</summary>
    public IReadOnlyList<double> Bias => BiasArray;

    internal SparseMatrix RecurrentMatrix { get; }

    internal double[] InputArray { get; }

    internal double[] FeedbackArray { get; }

    internal double[] BiasArray { get; }

    /// <summary>Draws W, W_in, W_back and b, in this order.</summary>
    internal static ReservoirWeights Draw(EchoStateOptions options)
    {
        RandomSource random = new(options.Seed);
        SparseMatrix drawn = DrawRecurrent(options.ReservoirSize, options.Connectivity, random);

        // Every unit reads another one, so some of them lie on a cycle and the radius is above 0.
        double radius = SpectralRadius.Of(drawn);
        return new ReservoirWeights(
            drawn.Times(options.SpectralRadius / radius),
            Uniform(options.ReservoirSize * options.InputSize, options.InputScaling, random),
            Uniform(options.ReservoirSize * options.OutputSize, options.FeedbackScaling, random),
            Uniform(options.ReservoirSize, options.BiasScaling, random));
    }

    // As many elements in each row, in columns drawn without replacement.
    private static SparseMatrix DrawRecurrent(int size, double connectivity, RandomSource random)
    {
        int perRow = Math.Max(1, (int)Math.Round(connectivity * size));
        int[] starts = new int[size + 1];
        int[] columns = new int[size * perRow];
        double[] values = new double[size * perRow];
        int[] all = [.. Enumerable.Range(0, size)];
        for (int row = 0; row < size; row++)
        {
            for (int i = 0; i < perRow; i++)
            {
                int other = i + random.NextInt(size - i);
                (all[i], all[other]) = (all[other], all[i]);
            }

            Array.Copy(all, 0, columns, row * perRow, perRow);
            Array.Sort(columns, row * perRow, perRow);
            starts[row + 1] = (row + 1) * perRow;
        }

        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (2.0 * random.NextDouble()) - 1.0;
        }

        return new SparseMatrix(size, starts, columns, values);
    }

    private static double[] Uniform(int count, double bound, RandomSource random)
    {
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = bound * ((2.0 * random.NextDouble()) - 1.0);
        }

        return values;
    }
}
