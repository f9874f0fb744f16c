using GpuRnn.Tensors;

namespace GpuRnn.Reservoirs;

/// <summary>ρ(W), the largest modulus of an eigenvalue of a sparse square matrix.</summary>
/// <remarks>
/// <para>
/// Power iteration would not do: the leading eigenvalues of a random matrix are complex pairs of nearly the same modulus. Units that lie on no
/// cycle are taken out first, because they change no eigenvalue but zero; without a cycle ρ is exactly 0, which rounding would hide. On the
/// rest Arnoldi's method (1951, "The principle of minimized iterations") builds an orthonormal basis of the Krylov space of a random vector, each
/// vector made orthogonal twice, and the eigenvalues of the projection are found whole (<see cref="HessenbergEigenvalues"/>).
/// </para>
/// <para>
/// The basis grows by half until two sizes in succession agree to 1e-9 of ρ. It ends at the latest with all rows, or with a space that W leaves
/// unchanged; then the projection has W's own eigenvalues, and the result is as good as a dense solver's. Random reservoirs need about 10·√H vectors.
/// </para>
/// </remarks>
internal static class SpectralRadius
{
    private const int FirstSize = 48;
    private const double Agreement = 1e-9;

    /// <summary>Computes ρ; 0 for a matrix without a cycle.</summary>
    /// <param name="matrix">Square.</param>
    public static double Of(SparseMatrix matrix)
    {
        List<int> core = RowsOnCycles(matrix);
        return core.Count == 0 ? 0.0 : Arnoldi(matrix.Principal(core));
    }

    // Takes away rows into which, or out of which, nothing leads, until none is left: what stays lies on a cycle or between two.
    private static List<int> RowsOnCycles(SparseMatrix matrix)
    {
        List<int> rows = [.. Enumerable.Range(0, matrix.RowCount)];
        while (true)
        {
            SparseMatrix part = matrix.Principal(rows);
            bool[] isRead = new bool[rows.Count];
            foreach (int column in part.Columns)
            {
                isRead[column] = true;
            }

            List<int> kept = [];
            for (int i = 0; i < rows.Count; i++)
            {
                if (isRead[i] && part.RowStarts[i + 1] > part.RowStarts[i])
                {
                    kept.Add(rows[i]);
                }
            }

            if (kept.Count == rows.Count)
            {
                return kept;
            }

            rows = kept;
        }
    }

    private static double Arnoldi(SparseMatrix matrix)
    {
        int size = matrix.RowCount;
        List<double[]> basis = [StartVector(size)];
        List<double[]> projection = [];
        double previous = 0.0;
        int checkAt = Math.Min(size, FirstSize);
        while (true)
        {
            double[] next = new double[size];
            for (int row = 0; row < size; row++)
            {
                next[row] = matrix.RowTimes(row, basis[^1]);
            }

            double image = Length(next);
            double[] column = Orthogonalise(next, basis);
            double length = Length(next);
            projection.Add([.. column, length]);
            bool isWhole = projection.Count == size || length <= size * Agreement * 1e-4 * image;
            if (isWhole || projection.Count == checkAt)
            {
                double radius = HessenbergEigenvalues.LargestModulus(Hessenberg(projection), projection.Count);
                if (isWhole || Math.Abs(radius - previous) <= Agreement * radius)
                {
                    return radius;
                }

                (previous, checkAt) = (radius, Math.Min(size, checkAt * 3 / 2));
            }

            Scale(next, 1.0 / length);
            basis.Add(next);
        }
    }

    private static double[] StartVector(int size)
    {
        RandomSource random = new(1);
        double[] start = new double[size];
        for (int i = 0; i < size; i++)
        {
            start[i] = random.NextGaussian();
        }

        Scale(start, 1.0 / Length(start));
        return start;
    }

    private static double[] Orthogonalise(double[] vector, List<double[]> basis)
    {
        double[] coefficients = new double[basis.Count];
        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = 0; i < basis.Count; i++)
            {
                double overlap = DoubleVectors.Dot(basis[i], vector);
                coefficients[i] += overlap;
                DoubleVectors.AddScaled(-overlap, basis[i], vector);
            }
        }

        return coefficients;
    }

    private static double[] Hessenberg(List<double[]> columns)
    {
        int size = columns.Count;
        double[] matrix = new double[size * size];
        for (int column = 0; column < size; column++)
        {
            for (int row = 0; row <= Math.Min(column + 1, size - 1); row++)
            {
                matrix[(row * size) + column] = columns[column][row];
            }
        }

        return matrix;
    }

    private static double Length(double[] vector)
    {
        return Math.Sqrt(DoubleVectors.Dot(vector, vector));
    }

    private static void Scale(double[] vector, double factor)
    {
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] *= factor;
        }
    }
}
