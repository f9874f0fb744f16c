using GpuRnn.Devices;
using GpuRnn.Kernels.Reductions;
using GpuRnn.Testing;

namespace GpuRnn.Kernels.Tests.Reductions;

public sealed class ReductionTests
{
    public static TheoryData<int> Sizes => Numbers.Sizes;

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Sum_AnySize_MatchesTheReference(int size)
    {
        float[] source = Numbers.Singles(1, size);
        double magnitude = source.Sum(value => Math.Abs((double)value));
        float sum = RunSum(source, "Partial", 0, 0f);
        ElementwiseAssert.Close([source.Sum(value => (double)value)], [sum], Bound(size, magnitude), "sum");

        float added = RunSum(source, "Partial", 1, 0.5f);
        ElementwiseAssert.Close([source.Sum(value => (double)value) + 0.5], [added], Bound(size, magnitude + 0.5), "sum added");
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void SumOfSquares_AnySize_MatchesTheReference(int size)
    {
        float[] source = Numbers.Singles(2, size);
        double expected = source.Sum(value => (double)value * value);
        ElementwiseAssert.Close([expected], [RunSum(source, "PartialOfSquares", 0, 0f)], Bound(size, expected), "sum of squares");
    }

    [Fact]
    public void Sum_Twice_GivesTheSameBits()
    {
        float[] source = Numbers.Singles(3, 100_003);
        ElementwiseAssert.SameBits([RunSum(source, "Partial", 0, 0f)], [RunSum(source, "Partial", 0, 0f)], "sum");
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 1)]
    [InlineData(63, 7)]
    [InlineData(64, 16)]
    [InlineData(65, 17)]
    [InlineData(1009, 53)]
    public void ColumnSums_PaddedRows_MatchTheReference(int rows, int columns)
    {
        using KernelRunner runner = new();
        int stride = columns + 3;
        float[] source = Numbers.Singles(4, rows * stride);
        float[] old = Numbers.Singles(5, columns);
        int blocks = ColumnSums.BlockCount(rows);
        DeviceBuffer<float> partials = runner.Unset(blocks * columns);
        DeviceBuffer<float> set = runner.Unset(columns);
        DeviceBuffer<float> added = runner.Upload(old);
        runner.Run(typeof(ColumnSums), "Partial", blocks * columns, runner.Upload(source), partials, rows, columns, stride);
        runner.Run(typeof(ColumnSums), "Finish", columns, partials, set, blocks, columns, 0);
        runner.Run(typeof(ColumnSums), "Finish", columns, partials, added, blocks, columns, 1);

        double[] expected = Numbers.Map(columns, c => Enumerable.Range(0, rows).Sum(r => (double)source[(r * stride) + c]));
        ToleranceSpec tolerance = Tolerances.Single(ColumnSums.BlockSize + blocks + 1, 1, rows + 1);
        ElementwiseAssert.Close(expected, KernelRunner.Read(set), tolerance, "set");
        ElementwiseAssert.Close(Numbers.Map(columns, c => expected[c] + old[c]), KernelRunner.Read(added), tolerance, "added");
    }

    [Theory]
    [InlineData(0, 4, 1.0)]
    [InlineData(1, 1, 1.0)]
    [InlineData(7, 13, 2.0)]
    [InlineData(211, 101, 4.0)]
    [InlineData(3, 5, 800.0)]
    public void RowSoftmax_AnyShape_MatchesTheReference(int rows, int classes, double bound)
    {
        using KernelRunner runner = new();
        float[] source = Numbers.Singles(6, rows * classes, bound);
        float[] upstream = Numbers.Singles(7, rows * classes);
        DeviceBuffer<float> result = runner.Unset(source.Length);
        DeviceBuffer<float> gradient = runner.Unset(source.Length);
        runner.Run(typeof(RowSoftmax), "Forward", rows, runner.Upload(source), result, classes);
        runner.Run(typeof(RowSoftmax), "Backward", rows, result, runner.Upload(upstream), gradient, classes);

        double[] expected = new double[source.Length];
        double[] expectedGradient = new double[source.Length];
        for (int row = 0; row < rows; row++)
        {
            int first = row * classes;
            double largest = source.Skip(first).Take(classes).Max();
            double sum = source.Skip(first).Take(classes).Sum(value => Math.Exp(value - largest));
            double dot = 0.0;
            for (int i = first; i < first + classes; i++)
            {
                expected[i] = Math.Exp(source[i] - largest) / sum;
                dot += expected[i] * upstream[i];
            }

            for (int i = first; i < first + classes; i++)
            {
                expectedGradient[i] = expected[i] * (upstream[i] - dot);
            }
        }

        // The rounding of x − max moves the exponent by at most 2 bound u.
        ToleranceSpec tolerance = Tolerances.Single(classes, 1, 1.0 + (2.0 * bound / Tolerances.PointwiseRoundings));
        ElementwiseAssert.Close(expected, KernelRunner.Read(result), tolerance, "softmax", rows, classes);
        ElementwiseAssert.Close(expectedGradient, KernelRunner.Read(gradient), tolerance with { Absolute = 4.0 * tolerance.Absolute }, "gradient", rows, classes);
    }

    private static ToleranceSpec Bound(int size, double magnitude) =>
        Tolerances.Single(Math.Min(size, Sum.MostTerms) + Sum.PartialCount(size) + 1, 1, Math.Max(magnitude, double.Epsilon));

    private static float RunSum(float[] source, string partial, int accumulate, float old)
    {
        using KernelRunner runner = new();
        int blocks = Sum.PartialCount(source.Length);
        DeviceBuffer<float> partials = runner.Unset(blocks);
        DeviceBuffer<float> result = runner.Upload(accumulate != 0 ? old : float.NaN);
        runner.Run(typeof(Sum), partial, blocks, runner.Upload(source), partials, source.Length);
        runner.Run(typeof(Sum), "Finish", 1, partials, result, blocks, accumulate);
        return KernelRunner.Read(result)[0];
    }
}
