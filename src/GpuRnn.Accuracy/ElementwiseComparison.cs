using System.Globalization;
using System.Text;

namespace GpuRnn.Accuracy;

/// <summary>What came of holding each element of an array to a bound of its own; the worst element is the one with the largest error / bound.</summary>
/// <param name="ElementCount">Elements compared.</param>
/// <param name="FailureCount">Elements whose error is above their bound.</param>
/// <param name="WorstIndex">The worst element, row-major; −1 for no elements.</param>
/// <param name="Expected">The trusted value there.</param>
/// <param name="Actual">The value under test there.</param>
/// <param name="Error">|actual − expected| there; infinite where one of them is not finite and the other not the same.</param>
/// <param name="Allowed">The bound there.</param>
public sealed record ElementwiseComparison(
    int ElementCount, int FailureCount, int WorstIndex, double Expected, double Actual, double Error, double Allowed)
{
    /// <summary>True when no element is out of tolerance.</summary>
    public bool HasPassed => FailureCount == 0;

    /// <summary>Error / bound of the worst element: at most 1 when all have passed; 0 for equal arrays.</summary>
    public double WorstRatio => Ratio(Error, Allowed);

    /// <summary>Compares two arrays.</summary>
    /// <param name="expected">The trusted values.</param>
    /// <param name="actual">The values under test.</param>
    /// <param name="allowed">The largest error permitted, for each element.</param>
    /// <remarks>NaN equals only NaN, an infinity equals only the same infinity.</remarks>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static ElementwiseComparison Compare(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, ReadOnlySpan<double> allowed)
    {
        RequireLength(expected.Length, actual.Length, nameof(actual));
        RequireLength(expected.Length, allowed.Length, nameof(allowed));
        int failures = 0;
        int worst = expected.IsEmpty ? -1 : 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double ratio = Ratio(ErrorOf(expected[i], actual[i]), allowed[i]);
            failures += ratio > 1.0 ? 1 : 0;
            worst = ratio > Ratio(ErrorOf(expected[worst], actual[worst]), allowed[worst]) ? i : worst;
        }

        return worst < 0
            ? new ElementwiseComparison(0, 0, -1, 0.0, 0.0, 0.0, 0.0)
            : new ElementwiseComparison(
                expected.Length, failures, worst, expected[worst], actual[worst], ErrorOf(expected[worst], actual[worst]), allowed[worst]);
    }

    /// <summary>Compares float32 values under one tolerance.</summary>
    /// <param name="expected">The trusted values.</param>
    /// <param name="actual">The values under test.</param>
    /// <param name="tolerance">The bound of each element.</param>
    /// <inheritdoc cref="Compare(ReadOnlySpan{double}, ReadOnlySpan{double}, ReadOnlySpan{double})"/>
    public static ElementwiseComparison Compare(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, ToleranceSpec tolerance)
    {
        double[] wide = new double[actual.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = actual[i];
        }

        return Compare(expected, wide, tolerance.Allowed(expected));
    }

    /// <summary>Describes the failure, with the worst element.</summary>
    /// <param name="what">What was compared.</param>
    /// <param name="toleranceName">Where the bounds come from.</param>
    /// <param name="shape">The array's shape, to print the index by axis; empty for a flat index.</param>
    public string Describe(string what, string toleranceName, ReadOnlySpan<int> shape)
    {
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {FailureCount} of {ElementCount} elements are out of tolerance ({toleranceName}). Worst: index {Index(WorstIndex, shape)}, "
            + $"expected {Expected:R}, got {Actual:R}, error {Error:G6}, allowed {Allowed:G6}.");
    }

    /// <summary>The index of an element, by axis where the shape has several.</summary>
    /// <param name="flat">Row-major.</param>
    /// <param name="shape">The array's shape; empty for a flat index.</param>
    public static string Index(int flat, ReadOnlySpan<int> shape)
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

    // An infinite expected value would make its own bound infinite, and then NaN or the other infinity would pass.
    private static double Ratio(double error, double allowed)
    {
        return error == 0.0 ? 0.0 : double.IsFinite(error) && double.IsFinite(allowed) ? error / allowed : double.PositiveInfinity;
    }

    private static double ErrorOf(double expected, double actual)
    {
        double error = expected.Equals(actual) ? 0.0 : Math.Abs(expected - actual);
        return double.IsNaN(error) ? double.PositiveInfinity : error;
    }

    private static void RequireLength(int needed, int arrived, string name)
    {
        if (arrived != needed)
        {
            throw new ArgumentException(
                $"ElementwiseComparison: {name} has {arrived} elements, expected has {needed}. Pass arrays of one length.", name);
        }
    }
}
