using System.Globalization;
using GpuRnn.Accuracy;
using Xunit.Sdk;

namespace GpuRnn.Testing;

/// <summary>Compares arrays element by element; a failure prints the worst element with expected, got, error and allowed.</summary>
/// <remarks>
/// NaN equals only NaN, an infinity equals only the same infinity. The worst element is the one with the largest error / allowed.
/// </remarks>
public static class ElementwiseAssert
{
    /// <summary>Holds every element of <paramref name="actual"/> to the tolerance.</summary>
    /// <param name="expected">The trusted values, row-major.</param>
    /// <param name="actual">The values under test, as many as expected.</param>
    /// <param name="tolerance">The bound of each element; see <see cref="Tolerances"/>.</param>
    /// <param name="what">What is compared; it begins the failure text.</param>
    /// <param name="shape">The array's shape, to print the index by axis; a flat index without it.</param>
    /// <exception cref="XunitException">The lengths differ, or at least one element is out of tolerance.</exception>
    public static void Close(
        ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, ToleranceSpec tolerance, string what, params int[] shape)
    {
        Compare(expected, actual, tolerance.Allowed(expected), tolerance.Name, what, shape);
    }

    /// <inheritdoc cref="Close(ReadOnlySpan{double}, ReadOnlySpan{double}, ToleranceSpec, string, int[])"/>
    public static void Close(
        ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, ToleranceSpec tolerance, string what, params int[] shape)
        => Close(expected, Widen(actual), tolerance, what, shape);

    /// <inheritdoc cref="Close(ReadOnlySpan{double}, ReadOnlySpan{double}, ToleranceSpec, string, int[])"/>
    public static void Close(
        ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, ToleranceSpec tolerance, string what, params int[] shape)
        => Close(Widen(expected), Widen(actual), tolerance, what, shape);

    /// <summary>Holds each element to its own bound, for example one computed from the sum of |a_i * b_i| behind that element.</summary>
    /// <inheritdoc cref="Close(ReadOnlySpan{double}, ReadOnlySpan{double}, ToleranceSpec, string, int[])"/>
    public static void Close(
        ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, ReadOnlySpan<double> allowed, string what, params int[] shape)
    {
        if (allowed.Length != expected.Length)
        {
            throw new XunitException($"{what}: {allowed.Length} bounds for {expected.Length} expected elements.");
        }

        Compare(expected, Widen(actual), allowed, "a bound for each element", what, shape);
    }

    /// <summary>Demands the same bits in every element, so -0 differs from 0 and NaN equals a NaN of the same payload.</summary>
    /// <inheritdoc cref="Close(ReadOnlySpan{double}, ReadOnlySpan{double}, ToleranceSpec, string, int[])"/>
    public static void SameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what, params int[] shape)
    {
        RequireSameLength(expected.Length, actual.Length, what);
        for (int i = 0; i < expected.Length; i++)
        {
            int expectedBits = BitConverter.SingleToInt32Bits(expected[i]);
            int actualBits = BitConverter.SingleToInt32Bits(actual[i]);
            if (expectedBits != actualBits)
            {
                throw new XunitException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what}: element {ElementwiseComparison.Index(i, shape)}: expected {expected[i]:R} (0x{expectedBits:X8}), "
                    + $"got {actual[i]:R} (0x{actualBits:X8}); the same bits were needed."));
            }
        }
    }

    private static void Compare(
        ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, ReadOnlySpan<double> allowed, string toleranceName, string what, int[] shape)
    {
        RequireSameLength(expected.Length, actual.Length, what);
        ElementwiseComparison comparison = ElementwiseComparison.Compare(expected, actual, allowed);
        if (!comparison.HasPassed)
        {
            throw new XunitException(comparison.Describe(what, toleranceName, shape));
        }
    }

    private static void RequireSameLength(int expected, int actual, string what)
    {
        if (expected != actual)
        {
            throw new XunitException($"{what}: got {actual} elements, expected {expected}.");
        }
    }

    private static double[] Widen(ReadOnlySpan<float> values)
    {
        double[] wide = new double[values.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = values[i];
        }

        return wide;
    }
}
