using GpuRnn.Testing;
using Xunit.Sdk;

namespace GpuRnn.Tests.TestSupport;

public sealed class TolerancesTests
{
    [Fact]
    public void StoredVectors_LargeAndSmallValues_AllowsTheRelativeAndTheAbsolutePart()
    {
        Assert.Equal(1e-10, Tolerances.StoredVectors.Allowed(0.001));
        Assert.Equal(50 * 1e-10, Tolerances.StoredVectors.Allowed(-50));
        Assert.Equal(1e-6, Tolerances.GradientCheck.Allowed(0));
        Assert.Equal(0.0, Tolerances.Exact.Allowed(1e30));
    }

    [Fact]
    public void Single_LengthDepthMagnitude_MultipliesToTheDerivedBound()
    {
        double roundings = (100 + 16) * Math.Pow(2, -24);

        Assert.InRange(Tolerances.Single(100, 3, 2.5).Allowed(0) / (7.5 * roundings), 1.0, 1.0 + (2 * roundings));
        Assert.InRange(Tolerances.Double(100).Allowed(0) / Tolerances.Single(100).Allowed(0) * (1L << 29), 1.0 - (2 * roundings), 1.0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Single_DotProductInFloat32_HoldsAndRefusesAPerturbedTerm(int length)
    {
        Random random = new(17 + length);
        double exact = 0;
        double magnitude = 0;
        float sum = 0;
        for (int i = 0; i < length; i++)
        {
            float a = (2 * random.NextSingle()) - 1;
            float b = (2 * random.NextSingle()) - 1;
            exact += (double)a * b;
            magnitude += Math.Abs((double)a * b);
            sum += a * b;
        }

        ToleranceSpec tolerance = Tolerances.Single(length, 1, magnitude);
        ElementwiseAssert.Close([exact], [sum], tolerance, "dot product");
        float wrong = sum + (float)(0.01 * magnitude / length * Math.Max(1, length / 100));
        Assert.ThrowsAny<XunitException>(() => ElementwiseAssert.Close([exact], [wrong], tolerance, "dot product"));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Single_MagnitudeThatBoundsNothing_IsRefused(double magnitude)
        => Assert.Throws<ArgumentOutOfRangeException>(() => Tolerances.Single(3, 1, magnitude));

    [Fact]
    public void CentralDifference_OfAKnownFunction_GivesItsGradientAndRestoresThePoint()
    {
        double[] point = [0.3, -1.2, 2.0];
        double[] gradient = CentralDifference.Gradient(point, () => (Math.Sin(point[0]) * point[1]) + Math.Exp(point[2]));

        double[] expected = [Math.Cos(0.3) * -1.2, Math.Sin(0.3), Math.Exp(2.0)];
        ElementwiseAssert.Close(expected, gradient, Tolerances.GradientCheck, "gradient");
        Assert.Equal([0.3, -1.2, 2.0], point);
    }
}
