using System.Globalization;

namespace GpuRnn.Accuracy;

/// <summary>The named tolerances of the project. A test picks one of these; it does not invent its own number.</summary>
public static class Tolerances
{
    /// <summary>u = 2^-24, the largest relative error of rounding a real number to float32.</summary>
    public const double SingleUnitRoundoff = 1.0 / (1 << 24);

    /// <summary>u = 2^-53, the largest relative error of rounding a real number to float64.</summary>
    public const double DoubleUnitRoundoff = 1.0 / (1L << 53);

    /// <summary>
    /// Roundings that one pointwise step adds to its sums: biases (2), a transcendental function (4 ULP = 8 u), the products
    /// and sums of the state update (6).
    /// </summary>
    public const int PointwiseRoundings = 16;

    /// <summary>Zero difference: the same bits, or the same exactly representable numbers.</summary>
    public static ToleranceSpec Exact => new("exact", 0.0, 0.0);

    /// <summary>The double reference against vectors stored in float64: 1e-10 * max(1, |x|).</summary>
    public static ToleranceSpec StoredVectors => new("double reference against stored vectors", 0.0, 1e-10);

    /// <summary>A gradient in double against central differences: 1e-6 * max(1, |g|).</summary>
    public static ToleranceSpec GradientCheck => new("gradient against central differences", 0.0, 1e-6);

    /// <summary>A float32 result against the double reference, for sums of <paramref name="summationLength"/> products.</summary>
    /// <param name="summationLength">n: terms in the longest sum behind one element (I + H for a gate; T*B for a weight gradient).</param>
    /// <param name="depth">How many such sums follow one another: 1 for one product, T * layers for a sequence; backward adds as many again.</param>
    /// <param name="magnitude">
    /// Bound of sum |a_i * b_i| behind one element; at least the largest |intermediate value|. Compute it in double where values are not
    /// near 1.
    /// </param>
    /// <remarks>
    /// Higham (2002), Accuracy and Stability of Numerical Algorithms, section 3.1: in any order of summation
    /// |fl(sum a_i b_i) - sum a_i b_i| &lt;= gamma_n * sum |a_i b_i| with gamma_n = n u / (1 - n u). A pointwise step adds
    /// <see cref="PointwiseRoundings"/> more roundings, so one stage errs by at most gamma_(n + 16) * magnitude. The gate functions
    /// have a slope of at most 1, so a stage passes on an earlier error scaled by at most the gain of its weights; with a gain of at most
    /// 1 the errors of the stages add, which gives the factor depth. Where the gain is larger, the caller multiplies the magnitude by it.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">A negative length, a depth below 1, a magnitude that is not positive and finite.</exception>
    public static ToleranceSpec Single(int summationLength, int depth = 1, double magnitude = 1.0)
        => new(Describe("float32", summationLength, depth, magnitude), Bound(SingleUnitRoundoff, summationLength, depth, magnitude), 0.0);

    /// <summary>As <see cref="Single"/>, with the factors of products rounded to fewer bits first, and sums that may be cut.</summary>
    /// <param name="factorRoundoff">The largest relative error of rounding a factor: 2^-11 for TF32, 2^-8 for bfloat16.</param>
    /// <param name="summationLength">As there.</param>
    /// <param name="depth">As there.</param>
    /// <param name="magnitude">As there.</param>
    /// <remarks>
    /// fl(a) fl(b) = a b (1 + d1)(1 + d2) with |d| at most v: two roundings more a stage, of v each. Cutting errs by 2 u where rounding errs by u.
    /// </remarks>
    public static ToleranceSpec RoundedFactors(double factorRoundoff, int summationLength, int depth = 1, double magnitude = 1.0)
    {
        double roundings = (2 * factorRoundoff) + (factorRoundoff * factorRoundoff);
        double ofSums = Bound(2 * SingleUnitRoundoff, summationLength, depth, magnitude);
        return new(
            Describe("float32 of factors rounded by " + factorRoundoff.ToString("G3", CultureInfo.InvariantCulture), summationLength, depth, magnitude),
            (depth * roundings * magnitude) + ((1 + roundings) * ofSums), 0.0);
    }

    /// <summary>A float64 result against another float64 result that sums in a different order; as <see cref="Single"/> with u = 2^-53.</summary>
    /// <inheritdoc cref="Single"/>
    public static ToleranceSpec Double(int summationLength, int depth = 1, double magnitude = 1.0)
        => new(Describe("float64", summationLength, depth, magnitude), Bound(DoubleUnitRoundoff, summationLength, depth, magnitude), 0.0);

    private static double Bound(double unitRoundoff, int summationLength, int depth, double magnitude)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(summationLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        if (!(magnitude > 0.0) || !double.IsFinite(magnitude))
        {
            throw new ArgumentOutOfRangeException(
                nameof(magnitude), magnitude, "Tolerances: magnitude must be positive and finite. Pass a bound of the sum of |a_i * b_i|.");
        }

        double roundings = (summationLength + PointwiseRoundings) * unitRoundoff;
        return depth * roundings / (1.0 - roundings) * magnitude;
    }

    private static string Describe(string type, int summationLength, int depth, double magnitude)
        => string.Create(CultureInfo.InvariantCulture, $"{type}, summation length {summationLength}, depth {depth}, magnitude {magnitude:G4}");
}
