using GpuRnn.Tensors;

namespace GpuRnn.Reservoirs;

/// <summary>A = L Lᵀ of a symmetric positive definite matrix in double precision, and what follows from it.</summary>
/// <remarks>
/// Cholesky (1924, published by Benoît), row by row in blocks: the rows of a block stay in the cache while they meet every row above. The
/// computed L belongs to a matrix within γ_(n+1) |L| |Lᵀ| of A, element by element (Higham 2002, theorem 10.3).
/// </remarks>
internal sealed class CholeskyFactor
{
    // Rows of a block and of those above that meet it: 2 · 16 rows of 1,000 doubles are 256 KiB and stay in a second-level cache.
    private const int BlockRows = 16;

    private readonly double[] _lower;

    private CholeskyFactor(double[] lower, int size)
    {
        (_lower, Size) = (lower, size);
    }

    public int Size { get; }

    /// <summary>Factorises.</summary>
    /// <param name="matrix">[size, size]; only the lower triangle is read, and all of it becomes the factor's.</param>
    /// <param name="size">n.</param>
    /// <returns>The index of the first pivot that is not positive beyond rounding, and its value; null where there is none.</returns>
    /// <param name="factor">The factor; null where a pivot failed.</param>
    public static (int Index, double Pivot)? TryCreate(double[] matrix, int size, out CholeskyFactor? factor)
    {
        factor = null;
        for (int block = 0; block < size; block += BlockRows)
        {
            int end = Math.Min(size, block + BlockRows);
            for (int above = 0; above < block; above += BlockRows)
            {
                for (int row = block; row < end; row++)
                {
                    SolveRow(matrix, size, row, above, Math.Min(block, above + BlockRows));
                }
            }

            for (int row = block; row < end; row++)
            {
                SolveRow(matrix, size, row, block, row);
                double diagonal = matrix[(row * size) + row];
                ReadOnlySpan<double> left = matrix.AsSpan(row * size, row);
                double pivot = diagonal - DoubleVectors.Dot(left, left);
                if (!(pivot > size * Math.ScaleB(1.0, -53) * Math.Abs(diagonal)))
                {
                    return (row, pivot);
                }

                matrix[(row * size) + row] = Math.Sqrt(pivot);
            }
        }

        factor = new CholeskyFactor(matrix, size);
        return null;
    }

    /// <summary>Solves A x = b in place.</summary>
    /// <param name="vector">b, then x.</param>
    public void Solve(Span<double> vector)
    {
        for (int row = 0; row < Size; row++)
        {
            ReadOnlySpan<double> left = _lower.AsSpan(row * Size, row);
            vector[row] = (vector[row] - DoubleVectors.Dot(left, vector[..row])) / _lower[(row * Size) + row];
        }

        for (int row = Size - 1; row >= 0; row--)
        {
            vector[row] /= _lower[(row * Size) + row];
            DoubleVectors.AddScaled(-vector[row], _lower.AsSpan(row * Size, row), vector[..row]);
        }
    }

    /// <summary>A⁻¹, [size, size], symmetric to the last bit.</summary>
    public double[] Inverse()
    {
        double[] inverse = new double[Size * Size];
        for (int row = 0; row < Size; row++)
        {
            inverse[(row * Size) + row] = 1.0;
            Solve(inverse.AsSpan(row * Size, Size));
        }

        for (int row = 0; row < Size; row++)
        {
            for (int column = 0; column < row; column++)
            {
                inverse[(column * Size) + row] = inverse[(row * Size) + column];
            }
        }

        return inverse;
    }

    // Elements from..to−1 of a row, of which all earlier ones are done: l_ij = (a_ij − Σ_k l_ik l_jk) / l_jj.
    private static void SolveRow(double[] matrix, int size, int row, int from, int to)
    {
        Span<double> target = matrix.AsSpan(row * size, size);
        for (int column = from; column < to; column++)
        {
            ReadOnlySpan<double> other = matrix.AsSpan(column * size, column);
            target[column] = (target[column] - DoubleVectors.Dot(target[..column], other)) / matrix[(column * size) + column];
        }
    }
}
