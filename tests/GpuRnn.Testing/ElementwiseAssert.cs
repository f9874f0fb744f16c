using System.Globalization;
using System.Text;
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
        double[] allowed = new double[expected.Length];
        for (int i = 0; i < allowed.Length; i++)
        {
            allowed[i] = tolerance.Allowed(expected[i]);
        }

        Compare(expected, actual, allowed, tolerance.Name, what, shape);
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
                    $"{what}: element {Index(i, shape)}: expected {expected[i]:R} (0x{expectedBits:X8}), "
                    + $"got {actual[i]:R} (0x{actualBits:X8}); the same bits were needed."));
            }
        }
    }

    private static void Compare(
        ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, ReadOnlySpan<double> allowed, string toleranceName, string what, int[] shape)
    {
        RequireSameLength(expected.Length, actual.Length, what);
        int failures = 0;
        int worst = -1;
        double worstRatio = 0.0;
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Error(expected[i], actual[i]);
            // An infinite expected value would make its own bound infinite, and then NaN or the other infinity would pass.
            if (error == 0.0 || (double.IsFinite(error) && error <= allowed[i]))
            {
                continue;
            }

            failures++;
            double ratio = error / allowed[i];
            if (worst < 0 || ratio > worstRatio)
            {
                worst = i;
                worstRatio = ratio;
            }
        }

        if (failures > 0)
        {
            throw new XunitException(string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: {failures} of {expected.Length} elements are out of tolerance ({toleranceName}). Worst: index {Index(worst, shape)}, "
                + $"expected {expected[worst]:R}, got {actual[worst]:R}, error {Error(expected[worst], actual[worst]):G6}, "
                + $"allowed {allowed[worst]:G6}."));
        }
    }

    private static double Error(double expected, double actual)
    {
        if (expected.Equals(actual))
        {
            return 0.0;
        }

        double error = Math.Abs(expected - actual);
        return double.IsNaN(error) ? double.PositiveInfinity : error;
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

    private static string Index(int flat, int[] shape)
    {
        if (shape.Length < 2)
        {
            return flat.ToString(CultureInfo.InvariantCulture);
        }

        int[] index = new int[shape.Length];
        int rest = flat;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            index[axis] = rest % Math.Max(1, shape[axis]);
            rest /= Math.Max(1, shape[axis]);
        }

        StringBuilder text = new();
        return text.Append('[').AppendJoin(", ", index).Append("] (flat ").Append(flat).Append(')').ToString();
    }
}
