using GpuRnn.Tensors;

namespace GpuRnn.Conformance;

/// <summary>Reproducible numbers, the same bits for the device and the reference.</summary>
internal static class CaseValues
{
    /// <summary>Uniform in ±bound.</summary>
    public static float[] Uniform(int count, ulong seed, float bound = 1.0f)
    {
        RandomSource random = new(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = random.NextUniform(-bound, bound);
        }

        return values;
    }

    /// <summary>The same numbers in double.</summary>
    public static double[] Widen(float[] values)
    {
        return Array.ConvertAll(values, value => (double)value);
    }

    /// <summary>Elements of a shape.</summary>
    public static int Count(params int[] shape)
    {
        return shape.Aggregate(1, (count, axis) => count * axis);
    }
}
