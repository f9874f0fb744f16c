namespace GpuRnn.Kernels.Lanes;

/// <summary>A real number, or a register of them, in which a cell's mathematics is written once for every device.</summary>
/// <typeparam name="TSelf">The lane type itself: <see cref="F32"/>, <see cref="F64"/> or a vector lane of the SIMD backend.</typeparam>
/// <remarks>
/// Every member acts on each element of the lane alone. Addition, subtraction, multiplication, division, square root and
/// <see cref="MultiplyAdd"/> are correctly rounded, so a vector lane gives the same bits as the scalar lane of its element type.
/// Nothing is contracted: a product followed by a sum is two roundings unless <see cref="MultiplyAdd"/> is written.
/// </remarks>
public interface IReal<TSelf>
    where TSelf : struct, IReal<TSelf>
{
    /// <summary>Zero in every element.</summary>
    static abstract TSelf Zero { get; }

    /// <summary>One in every element.</summary>
    static abstract TSelf One { get; }

    /// <summary>The same single-precision constant in every element; a double lane widens it exactly.</summary>
    static abstract TSelf Constant(float value);

    /// <summary>The sum, rounded to nearest even.</summary>
    static abstract TSelf operator +(TSelf left, TSelf right);

    /// <summary>The difference, rounded to nearest even.</summary>
    static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>The product, rounded to nearest even.</summary>
    static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary>The quotient, rounded to nearest even.</summary>
    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>The negated value; the sign of zero flips too.</summary>
    static abstract TSelf operator -(TSelf value);

    /// <summary><c>left * right + addend</c> with one rounding.</summary>
    static abstract TSelf MultiplyAdd(TSelf left, TSelf right, TSelf addend);

    /// <summary>The magnitude.</summary>
    static abstract TSelf Abs(TSelf value);

    /// <summary>The larger operand; the second one where either is NaN.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);

    /// <summary>The smaller operand; the second one where either is NaN.</summary>
    static abstract TSelf Min(TSelf left, TSelf right);

    /// <summary>The square root, rounded to nearest even; NaN below zero.</summary>
    static abstract TSelf Sqrt(TSelf value);

    /// <summary>e to the power of <paramref name="value"/>; the error bound stands on the implementation.</summary>
    static abstract TSelf Exp(TSelf value);

    /// <summary>The natural logarithm; the error bound stands on the implementation.</summary>
    static abstract TSelf Log(TSelf value);

    /// <summary>The hyperbolic tangent; the error bound stands on the implementation.</summary>
    static abstract TSelf Tanh(TSelf value);

    /// <summary>The logistic function 1 / (1 + e^-x); the error bound stands on the implementation.</summary>
    static abstract TSelf Sigmoid(TSelf value);

    /// <summary>
    /// Element by element, <paramref name="whenGreater"/> where left is greater than right, else <paramref name="otherwise"/> (also for
    /// NaN).
    /// </summary>
    static abstract TSelf SelectGreater(TSelf left, TSelf right, TSelf whenGreater, TSelf otherwise);
}
