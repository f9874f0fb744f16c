using System.Globalization;

namespace GpuRnn.Cli.Benchmarking;

/// <summary>Compares single-precision results with the double-precision reference, element by element.</summary>
internal static class ElementDifference
{
    /// <summary>Half a unit in the last place of 1: the relative error of one rounding.</summary>
    private const double RoundingError = 1.0 / (1 << 24);

    // Each rounding may happen in a product, a sum and a transcendental function of a few units, and states feed on themselves.
    private const double Amplification = 8.0;

    // Rounded factors disturb a gate's sum by about half a rounding of the largest factor (they are independent, and a weight is at most
    // 1 / sqrt(H)); the largest of 10^6 such disturbances is five times that, and what earlier steps left adds up to three times more.
    private const double FactorAmplification = 16.0;

    /// <summary>Describes the first element that is further off than rounding allows; null when there is none.</summary>
    /// <param name="what">Names the array.</param>
    /// <param name="expected">The reference.</param>
    /// <param name="actual">As many elements.</param>
    /// <param name="termCount">Terms that were summed up for an element, over all steps that feed it.</param>
    /// <param name="factorRounding">Relative error of rounding a factor of a product; 0 where factors are not rounded.</param>
    /// <remarks>
    /// Allowed is 8 · (terms + 32) · 2^-24 + 16 · the factors' rounding, times the array's largest magnitude, at least for magnitudes above 1e-30.
    /// </remarks>
    public static string? Find(string what, ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, long termCount, double factorRounding = 0)
    {
        double magnitude = 1e-30;
        foreach (double value in expected)
        {
            magnitude = Math.Max(magnitude, Math.Abs(value));
        }

        double allowed = ((Amplification * (termCount + 32) * RoundingError) + (FactorAmplification * factorRounding)) * magnitude;
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Math.Abs(actual[i] - expected[i]);
            if (!(error <= allowed))
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what}[{i}] is {actual[i]:R}, but the reference gives {expected[i]:R}; off by {error:0.###e0}, allowed {allowed:0.###e0}");
            }
        }

        return null;
    }
}
