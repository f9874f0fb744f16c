using GpuRnn.Accuracy;
using GpuRnn.Reservoirs;
using GpuRnn.Tensors;
using GpuRnn.Testing;

namespace GpuRnn.Tests.Reservoirs;

public sealed class SpectralRadiusTests
{
    [Fact]
    public void Of_OneLongCycle_IsTheGeometricMeanOfItsWeights()
    {
        // All eigenvalues of a cycle have the same modulus, which defeats power iteration.
        const int Size = 61;
        double[] matrix = new double[Size * Size];
        double logarithms = 0.0;
        for (int i = 0; i < Size; i++)
        {
            double weight = 0.5 + (i / (double)Size);
            logarithms += Math.Log(weight);
            matrix[(i * Size) + ((i + 7) % Size)] = weight;
        }

        AssertRadius(Math.Exp(logarithms / Size), matrix, Size);
    }

    [Fact]
    public void Of_UnitsWithoutACycle_IsExactlyZero()
    {
        double[] matrix = new double[50 * 50];
        for (int i = 0; i < 49; i++)
        {
            matrix[(i * 50) + i + 1] = 3.0;
        }

        Assert.Equal(0.0, SpectralRadius.Of(SparseMatrix.FromDense(matrix, 50, 50)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(150)]
    public void Of_TurnedAndStretchedPlanes_IsTheLargestStretch(int planes)
    {
        // Complex pairs whose moduli lie close together at the upper end; 300 rows are more than the basis grows to.
        RandomSource random = new(3);
        int size = 2 * planes;
        double[] matrix = new double[size * size];
        double largest = 0.0;
        for (int plane = 0; plane < planes; plane++)
        {
            double radius = Math.Sqrt(random.NextDouble());
            (double sine, double cosine) = Math.SinCos(Math.PI * random.NextDouble());
            int first = (2 * plane * size) + (2 * plane);
            (matrix[first], matrix[first + 1]) = (radius * cosine, -radius * sine * 3.0);
            (matrix[first + size], matrix[first + size + 1]) = (radius * sine / 3.0, radius * cosine);
            largest = Math.Max(largest, radius);
        }

        AssertRadius(largest, matrix, size);
    }

    [Theory]
    [InlineData(2, 1.0)]
    [InlineData(90, 0.05)]
    [InlineData(130, 0.02)]
    public void Of_RandomMatrix_IsTheGrowthOfItsPowers(int size, double connectivity)
    {
        EchoStateOptions options = new() { InputSize = 1, OutputSize = 1, ReservoirSize = size, Connectivity = connectivity, SpectralRadius = 0.8 };
        double[] matrix = ReservoirWeights.Draw(options).Recurrent;

        // Gelfand (1941): ρ = lim |Aᵏ|^(1/k). The power 2³⁰ leaves of the norm's constant a part in 10⁸.
        ElementwiseAssert.Close([0.8], [Growth(matrix, size, 30)], new ToleranceSpec("constant of Gelfand's formula", 0.0, 1e-7), "spectral radius");
    }

    private static void AssertRadius(double expected, double[] matrix, int size)
    {
        double actual = SpectralRadius.Of(SparseMatrix.FromDense(matrix, size, size));
        ElementwiseAssert.Close([expected], [actual], new ToleranceSpec("what two sizes of basis must agree to", 0.0, 1e-9), "spectral radius");
    }

    private static double Growth(double[] matrix, int size, int squarings)
    {
        double logarithm = 0.0;
        double[] power = [.. matrix];
        for (int s = 0; s <= squarings; s++)
        {
            double norm = Math.Sqrt(power.Sum(value => value * value));
            logarithm += Math.Log(norm) / Math.ScaleB(1.0, s);
            power = Array.ConvertAll(power, value => value / norm);
            double[] square = new double[size * size];
            for (int i = 0; i < size; i++)
            {
                for (int k = 0; k < size; k++)
                {
                    double factor = power[(i * size) + k];
                    for (int j = 0; j < size; j++)
                    {
                        square[(i * size) + j] += factor * power[(k * size) + j];
                    }
                }
            }

            power = square;
        }

        return Math.Exp(logarithm);
    }
}
