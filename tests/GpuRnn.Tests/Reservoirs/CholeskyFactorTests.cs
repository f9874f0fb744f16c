using GpuRnn.Accuracy;
using GpuRnn.Reservoirs;
using GpuRnn.Tensors;
using GpuRnn.Testing;

namespace GpuRnn.Tests.Reservoirs;

public sealed class CholeskyFactorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(83)]
    public void Solve_RandomMatrix_HasASmallBackwardError(int size)
    {
        RandomSource random = new(5);
        double[] matrix = PositiveDefinite(size, random);
        double[] right = [.. Enumerable.Range(0, size).Select(_ => random.NextDouble() - 0.5)];
        Assert.Null(CholeskyFactor.TryCreate([.. matrix], size, out CholeskyFactor? factor));
        double[] solution = [.. right];
        factor!.Solve(solution);
        AssertResidual(matrix, solution, right, size);
    }

    [Fact]
    public void Inverse_TimesTheMatrix_IsTheIdentity()
    {
        const int Size = 21;
        double[] matrix = PositiveDefinite(Size, new RandomSource(6));
        Assert.Null(CholeskyFactor.TryCreate([.. matrix], Size, out CholeskyFactor? factor));
        double[] inverse = factor!.Inverse();
        for (int row = 0; row < Size; row++)
        {
            double[] unit = new double[Size];
            unit[row] = 1.0;
            AssertResidual(matrix, inverse[(row * Size)..((row + 1) * Size)], unit, Size);
        }
    }

    [Fact]
    public void TryCreate_RowThatIsTheSumOfTwo_ReportsItsPivot()
    {
        // The Gram matrix of three vectors of which the last is the sum of the others.
        double[] matrix = [2.0, 0.0, 0.0, 1.0, 3.0, 0.0, 3.0, 4.0, 7.0];
        (int index, double pivot)? failure = CholeskyFactor.TryCreate(matrix, 3, out CholeskyFactor? factor);
        Assert.Null(factor);
        Assert.Equal(2, failure!.Value.index);
        Assert.InRange(failure.Value.pivot, -1e-14, 1e-14);
    }

    // Higham (2002), theorem 10.4: the solution is exact for a matrix within γ_(3n+1) |L| |Lᵀ|, and (|L| |Lᵀ|)_ij <= √(a_ii a_jj).
    private static void AssertResidual(double[] matrix, double[] solution, double[] right, int size)
    {
        double[] product = new double[size];
        double[] magnitude = new double[size];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                product[i] += Element(matrix, size, i, j) * solution[j];
                magnitude[i] += Math.Sqrt(Element(matrix, size, i, i) * Element(matrix, size, j, j)) * Math.Abs(solution[j]);
            }

            ToleranceSpec tolerance = Tolerances.Double((4 * size) + 1, magnitude: magnitude[i]);
            ElementwiseAssert.Close([right[i]], [product[i]], tolerance, $"row {i} of A x");
        }
    }

    private static double Element(double[] lower, int size, int i, int j)
    {
        return lower[(Math.Max(i, j) * size) + Math.Min(i, j)];
    }

    private static double[] PositiveDefinite(int size, RandomSource random)
    {
        double[] rows = [.. Enumerable.Range(0, size * size).Select(_ => random.NextDouble() - 0.5)];
        double[] matrix = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                matrix[(i * size) + j] = Enumerable.Range(0, size).Sum(k => rows[(i * size) + k] * rows[(j * size) + k]) + (i == j ? 0.1 : 0.0);
            }
        }

        return matrix;
    }
}
