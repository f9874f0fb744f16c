using GpuRnn.Accuracy;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Conformance.Kernels;

/// <summary>A lane in double precision that carries how far a single-precision lane may lie from it: the reference and its tolerance at once.</summary>
/// <remarks>
/// Running error analysis (Wilkinson 1986; Higham 2002, section 3.3): each operation passes the errors of its operands on and adds its own
/// rounding, so the bound follows the very formula that the kernel computes. Own errors: half a unit in the last place for sums, products
/// and fused ones; 2.5 and 3 units for quotients and roots, which OpenCL 1.2 (section 7.4) permits; those stated on
/// <see cref="Transcendental"/>, rounded up, for its functions. A result below the normal range may lie one subnormal step off.
/// </remarks>
internal readonly struct Bounded : IReal<Bounded>
{
    private const double Unit = Tolerances.SingleUnitRoundoff;
    private const double SubnormalStep = 1.401298464324817e-45;

    // Units in the last place times two: a unit in the last place is at most 2u of the value.
    private const double QuotientUnits = 5;
    private const double RootUnits = 6;
    private const double ExponentialUnits = 2;
    private const double SquashingUnits = 6;

    private Bounded(double value, double error)
    {
        Value = value;
        Error = error;
    }

    /// <inheritdoc/>
    public static Bounded Zero => Exactly(0.0);

    /// <inheritdoc/>
    public static Bounded One => Exactly(1.0);

    /// <summary>What exact arithmetic gives.</summary>
    public double Value { get; }

    /// <summary>How far single precision may lie from it.</summary>
    public double Error { get; }

    /// <summary>A number that single precision holds without error.</summary>
    public static Bounded Exactly(double value) => new(value, 0.0);

    /// <inheritdoc/>
    public static Bounded Constant(float value) => Exactly(value);

    /// <inheritdoc/>
    public static Bounded operator +(Bounded left, Bounded right) => Rounded(left.Value + right.Value, left.Error + right.Error, 1);

    /// <inheritdoc/>
    public static Bounded operator -(Bounded left, Bounded right) => Rounded(left.Value - right.Value, left.Error + right.Error, 1);

    /// <inheritdoc/>
    public static Bounded operator *(Bounded left, Bounded right) => Rounded(left.Value * right.Value, ProductError(left, right), 1);

    /// <inheritdoc/>
    public static Bounded operator /(Bounded left, Bounded right)
    {
        double value = left.Value / right.Value;
        double smallest = Math.Abs(right.Value) - right.Error;
        double passed = smallest > 0 ? (left.Error + (Math.Abs(value) * right.Error)) / smallest : double.PositiveInfinity;
        return Rounded(value, passed, QuotientUnits);
    }

    /// <inheritdoc/>
    public static Bounded operator -(Bounded value) => new(-value.Value, value.Error);

    /// <inheritdoc/>
    public static Bounded MultiplyAdd(Bounded left, Bounded right, Bounded addend) =>
        Rounded((left.Value * right.Value) + addend.Value, ProductError(left, right) + addend.Error, 1);

    /// <summary>A sum of exact products in whatever order, each addition cut instead of rounded, as a tensor core may do it.</summary>
    /// <param name="value">The sum.</param>
    /// <param name="magnitude">The sum of the products' magnitudes.</param>
    /// <param name="count">How many products.</param>
    /// <param name="passed">Errors that the products have already.</param>
    /// <remarks>Cutting errs by a unit in the last place of at most the magnitude (Fasi et al. 2021; Higham 2002, section 4.2).</remarks>
    public static Bounded CutSum(double value, double magnitude, int count, double passed = 0) =>
        new(value, passed + (count * 2 * Unit * (magnitude + passed)) + SubnormalStep);

    /// <summary>The number rounded to fewer bits by a rounding that never falls: as far off as the ends of its interval lead.</summary>
    public static Bounded RoundedBy(Func<float, float> round, Bounded value)
    {
        double result = round((float)value.Value);
        double lowest = round((float)(value.Value - value.Error));
        double highest = round((float)(value.Value + value.Error));
        return new(result, Math.Max(highest - result, result - lowest));
    }

    /// <inheritdoc/>
    public static Bounded Abs(Bounded value) => new(Math.Abs(value.Value), value.Error);

    /// <inheritdoc/>
    public static Bounded Max(Bounded left, Bounded right) =>
        new(left.Value > right.Value ? left.Value : right.Value, Math.Max(left.Error, right.Error));

    /// <inheritdoc/>
    public static Bounded Min(Bounded left, Bounded right) =>
        new(left.Value < right.Value ? left.Value : right.Value, Math.Max(left.Error, right.Error));

    /// <inheritdoc/>
    public static Bounded Sqrt(Bounded value)
    {
        double root = Math.Sqrt(value.Value);
        double passed = root - Math.Sqrt(Math.Max(0.0, value.Value - value.Error));
        return Rounded(root, value.Error == 0.0 ? 0.0 : Math.Max(passed, Math.Sqrt(value.Value + value.Error) - root), RootUnits);
    }

    /// <inheritdoc/>
    public static Bounded Exp(Bounded value)
    {
        double result = Math.Exp(value.Value);
        return Rounded(result, result * (Math.Exp(value.Error) - 1.0), ExponentialUnits);
    }

    /// <inheritdoc/>
    public static Bounded Log(Bounded value)
    {
        double passed = value.Error < value.Value ? -Math.Log(1.0 - (value.Error / value.Value)) : double.PositiveInfinity;
        return Rounded(Math.Log(value.Value), value.Error == 0.0 ? 0.0 : passed, ExponentialUnits);
    }

    /// <inheritdoc/>
    public static Bounded Tanh(Bounded value) => Rounded(Math.Tanh(value.Value), value.Error, SquashingUnits);

    /// <inheritdoc/>
    public static Bounded Sigmoid(Bounded value) => Rounded(F64.Sigmoid(new F64(value.Value)).Value, value.Error / 4.0, SquashingUnits);

    /// <inheritdoc/>
    public static Bounded SelectGreater(Bounded left, Bounded right, Bounded whenGreater, Bounded otherwise)
    {
        (Bounded chosen, Bounded other) = left.Value > right.Value ? (whenGreater, otherwise) : (otherwise, whenGreater);
        bool isCertain = left.Error + right.Error == 0.0 || !(Math.Abs(left.Value - right.Value) <= left.Error + right.Error);
        return isCertain ? chosen : new(chosen.Value, Math.Max(chosen.Error, Math.Abs(chosen.Value - other.Value) + other.Error));
    }

    private static double ProductError(Bounded left, Bounded right) =>
        (Math.Abs(left.Value) * right.Error) + (Math.Abs(right.Value) * left.Error) + (left.Error * right.Error);

    private static Bounded Rounded(double value, double passed, double units) =>
        new(value, passed + (units * Unit * (Math.Abs(value) + passed)) + SubnormalStep);
}
