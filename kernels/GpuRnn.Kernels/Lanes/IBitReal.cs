namespace GpuRnn.Kernels.Lanes;

/// <summary>
/// A single-precision lane whose bit patterns can be used, so that <see cref="Transcendental"/> can be written once for all of them.
/// </summary>
/// <typeparam name="TSelf">The lane type itself; its elements are IEEE 754 binary32.</typeparam>
/// <remarks>Each member is one or a few integer instructions, without branches, on every device.</remarks>
public interface IBitReal<TSelf> : IReal<TSelf>
    where TSelf : struct, IBitReal<TSelf>
{
    /// <summary>The number whose bits are those of <paramref name="value"/> shifted left by the 23 bits of the mantissa field.</summary>
    /// <remarks>
    /// For <c>value = 1.5·2^23 + 127 + k</c> with a whole k in −126..127 the result is 2^k, because such a value holds 127 + k in its low
    /// mantissa bits. Any other argument gives a meaningless number.
    /// </remarks>
    static abstract TSelf ShiftIntoExponent(TSelf value);

    /// <summary>The magnitude of the first operand with the sign bit of the second, also for zeros, infinities and NaN.</summary>
    static abstract TSelf CopySign(TSelf magnitude, TSelf sign);

    /// <summary>
    /// Splits a positive normal number into <c>mantissa · 2^exponent</c> with the mantissa in [2/3, 4/3); both are exact.
    /// </summary>
    /// <remarks>
    /// <c>d = bits(value) − 0x3F2AAAAB; exponent = d >> 23 (arithmetic); mantissa = bits(value) − (exponent &lt;&lt; 23)</c>. Without
    /// meaning for zero, subnormal, negative and non-finite numbers.
    /// </remarks>
    static abstract TSelf SplitExponent(TSelf value, out TSelf mantissa);
}
