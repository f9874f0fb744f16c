using GpuRnn.Testing;
using Xunit.Sdk;

namespace GpuRnn.Tests.TestSupport;

public sealed class ElementwiseAssertTests
{
    private static readonly ToleranceSpec s_tenth = new("a tenth", 0.1, 0.0);

    [Fact]
    public void Close_OneWrongElement_PrintsIndexExpectedGotErrorAllowed()
    {
        double[] expected = [1, 2, 3, 4, 5, 6];
        double[] actual = [1, 2.05, 3, 4.5, 5, 7];

        XunitException exception = Assert.ThrowsAny<XunitException>(() => ElementwiseAssert.Close(expected, actual, s_tenth, "y", 2, 3));

        Assert.Equal(
            "y: 2 of 6 elements are out of tolerance (a tenth). Worst: index [1, 2] (flat 5), expected 6, got 7, error 1, allowed 0.1.",
            exception.Message);
    }

    [Fact]
    public void Close_WithinTheTolerance_Passes()
        => ElementwiseAssert.Close([1.0, -2.0, 0.0], [1.09, -2.09, -0.09], s_tenth, "y");

    [Theory]
    [InlineData(1.0, double.NaN)]
    [InlineData(double.NaN, 1.0)]
    [InlineData(double.PositiveInfinity, 1.0)]
    [InlineData(1.0, double.NegativeInfinity)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity)]
    [InlineData(double.PositiveInfinity, double.NaN)]
    public void Close_NotFiniteOnOneSide_Fails(double expected, double actual)
        => Assert.ThrowsAny<XunitException>(() => ElementwiseAssert.Close([expected], [actual], new ToleranceSpec("relative", 1.0, 1.0), "y"));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Close_SameNotFiniteValue_Passes(double value)
        => ElementwiseAssert.Close([value], [value], Tolerances.Exact, "y");

    [Fact]
    public void Close_AnotherLength_NamesBothCounts()
    {
        XunitException exception = Assert.ThrowsAny<XunitException>(
            () => ElementwiseAssert.Close([1.0, 2.0], new[] { 1f }, Tolerances.Exact, "y"));

        Assert.Equal("y: got 1 elements, expected 2.", exception.Message);
    }

    [Fact]
    public void Close_BoundForEachElement_HoldsEachToItsOwn()
    {
        ElementwiseAssert.Close([1.0, 1.0], [1.5f, 1f], [0.5, 0.0], "y");

        XunitException exception = Assert.ThrowsAny<XunitException>(
            () => ElementwiseAssert.Close([1.0, 1.0], [1f, 1.5f], [0.5, 0.0], "y"));

        Assert.Contains("index 1, expected 1, got 1.5, error 0.5, allowed 0.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SameBits_MinusZero_DiffersFromZero()
    {
        XunitException exception = Assert.ThrowsAny<XunitException>(() => ElementwiseAssert.SameBits([1f, 0f], [1f, -0f], "y"));

        Assert.Contains("element 1: expected 0 (0x00000000), got -0 (0x80000000)", exception.Message, StringComparison.Ordinal);
        ElementwiseAssert.SameBits([float.NaN, -0f], [float.NaN, -0f], "y");
    }
}
