namespace GpuRnn.KernelModel;

/// <summary>Constants and mathematics that every device offers.</summary>
/// <remarks>
/// On the CPU the functions are those of <see cref="Math"/> and <see cref="MathF"/>; other devices may differ in the last places.
/// Cells use the functions of their lanes instead, which agree between devices.
/// </remarks>
public static partial class XMath
{
    /// <summary>e, rounded to float.</summary>
    public const float E = MathF.E;

    /// <summary>e, rounded to double.</summary>
    public const double ED = Math.E;

    /// <summary>log2(e), rounded to float.</summary>
    public const float Log2E = 1.44269504088896340736f;

    /// <summary>log2(e), rounded to double.</summary>
    public const double Log2ED = 1.44269504088896340736;

    /// <summary>1 / log2(e), rounded to float.</summary>
    public const float OneOverLog2E = 0.69314718055994530942f;

    /// <summary>1 / log2(e), rounded to double.</summary>
    public const double OneOverLog2ED = 0.69314718055994530942;

    /// <summary>log10(e), rounded to float.</summary>
    public const float Log10E = 0.43429448190325182765f;

    /// <summary>log10(e), rounded to double.</summary>
    public const double Log10ED = 0.43429448190325182765;

    /// <summary>ln(2), rounded to float.</summary>
    public const float Ln2 = 0.69314718055994530942f;

    /// <summary>ln(2), rounded to double.</summary>
    public const double Ln2D = 0.69314718055994530942;

    /// <summary>1 / ln(2), rounded to float.</summary>
    public const float OneOverLn2 = 1.44269504088896340736f;

    /// <summary>1 / ln(2), rounded to double.</summary>
    public const double OneOverLn2D = 1.44269504088896340736;

    /// <summary>ln(10), rounded to float.</summary>
    public const float Ln10 = 2.30258509299404568402f;

    /// <summary>ln(10), rounded to double.</summary>
    public const double Ln10D = 2.30258509299404568402;

    /// <summary>1 / ln(10), rounded to float.</summary>
    public const float OneOverLn10 = 0.43429448190325182765f;

    /// <summary>1 / ln(10), rounded to double.</summary>
    public const double OneOverLn10D = 0.43429448190325182765;

    /// <summary>π, rounded to float.</summary>
    public const float PI = MathF.PI;

    /// <summary>π, rounded to double.</summary>
    public const double PID = Math.PI;

    /// <summary>π / 2, rounded to float.</summary>
    public const float PIHalf = MathF.PI / 2f;

    /// <summary>π / 2, rounded to double.</summary>
    public const double PIHalfD = Math.PI / 2;

    /// <summary>π / 4, rounded to float.</summary>
    public const float PIFourth = MathF.PI / 4f;

    /// <summary>π / 4, rounded to double.</summary>
    public const double PIFourthD = Math.PI / 4;

    /// <summary>1 / π, rounded to float.</summary>
    public const float OneOverPI = 0.31830988618379067154f;

    /// <summary>2 / π, rounded to float.</summary>
    public const float TwoOverPI = 0.63661977236758134308f;

    /// <summary>√2, rounded to float.</summary>
    public const float Sqrt2 = 1.41421356237309504880f;

    /// <summary>1 / √2, rounded to float.</summary>
    public const float OneOverSqrt2 = 0.70710678118654752440f;

    /// <summary>1 / 3, rounded to float.</summary>
    public const float OneThird = 1.0f / 3.0f;
}
