using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Optimizers;

/// <summary>Keeps each row of a matrix, the weights into one unit, inside a ball (Srebro and Shraibman 2005; Hinton et al. 2012).</summary>
public static class MaxNorm
{
    /// <summary>Added to the norm before dividing by it, as in PyTorch's <c>renorm</c>.</summary>
    public const float NormOffset = 1e-7f;

    /// <summary>row = row · bound / (norm + <see cref="NormOffset"/>) where the Euclidean norm of the row is above the bound.</summary>
    /// <remarks>Threads: one a row, extent N; sums ascend. A row with NaN stays.</remarks>
    public static void Rows(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> values,  // [N, columns]; changed in place
        int columns,
        float bound)
    {
        int first = index * columns;
        F32 sum = F32.Zero;
        for (int i = 0; i < columns; i++)
        {
            F32 value = new(values[first + i]);
            sum = F32.MultiplyAdd(value, value, sum);
        }

        F32 factor = Factor(F32.Sqrt(sum), new F32(bound));
        for (int i = 0; i < columns; i++)
        {
            values[first + i] = (factor * new F32(values[first + i])).Value;
        }
    }

    /// <summary>What a row of that norm is multiplied by, for any lane.</summary>
    public static T Factor<T>(T norm, T bound)
        where T : struct, IReal<T> =>
        T.SelectGreater(norm, bound, bound / (norm + T.Constant(NormOffset)), T.One);
}
