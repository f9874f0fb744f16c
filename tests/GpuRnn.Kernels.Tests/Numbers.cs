namespace GpuRnn.Kernels.Tests;

/// <summary>Numbers for tests: the same for the same seed.</summary>
internal static class Numbers
{
    /// <summary>The sizes that every kernel meets: none, one, primes, around a tile and a block, large.</summary>
    public static TheoryData<int> Sizes => [0, 1, 7, 15, 16, 17, 1023, 1024, 1025, 100_003];

    /// <summary>Uniform single-precision numbers in −bound..bound.</summary>
    public static float[] Singles(int seed, int count, double bound = 1.0)
    {
        System.Random random = new(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (float)(((random.NextDouble() * 2.0) - 1.0) * bound);
        }

        return values;
    }

    /// <summary>The same numbers in double precision.</summary>
    public static double[] Widen(float[] values) => Array.ConvertAll(values, value => (double)value);

    /// <summary>Evaluates a formula for each element in double precision.</summary>
    public static double[] Map(int count, Func<int, double> formula)
    {
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = formula(i);
        }

        return values;
    }
}
