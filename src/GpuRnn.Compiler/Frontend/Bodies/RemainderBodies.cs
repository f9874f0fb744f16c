namespace GpuRnn.Compiler.Frontend.Bodies;

/// <summary>C#'s remainder of floating-point numbers, for devices that bring no exact one along.</summary>
internal static class RemainderBodies
{
    private const int MantissaBits = 52;
    private const long HiddenBit = 1L << MantissaBits;
    private const long InfinityBits = 0x7FFL << MantissaBits;

    /// <summary>left − n · right with n whole, the sign of left and a magnitude below right's; exact, as long division is.</summary>
    /// <remarks>One turn for each bit by which the exponents differ, so up to some two thousand.</remarks>
    public static double Remainder(double left, double right)
    {
        long dividend = BitConverter.DoubleToInt64Bits(left) & long.MaxValue;
        long divisor = BitConverter.DoubleToInt64Bits(right) & long.MaxValue;
        if (divisor == 0 || divisor > InfinityBits || dividend >= InfinityBits)
        {
            return double.NaN;
        }

        if (dividend < divisor)
        {
            return left;
        }

        int exponent = Math.Max(1, (int)(dividend >> MantissaBits));
        int lowest = Math.Max(1, (int)(divisor >> MantissaBits));
        long step = Mantissa(divisor);
        long rest = Mantissa(dividend) % step;
        for (; exponent > lowest; exponent--)
        {
            rest <<= 1;
            rest = rest >= step ? rest - step : rest;
        }

        while (rest > 0 && rest < HiddenBit && exponent > 1)
        {
            rest <<= 1;
            exponent--;
        }

        long bits = rest < HiddenBit ? rest : (rest - HiddenBit) | ((long)exponent << MantissaBits);
        return BitConverter.Int64BitsToDouble(bits | (BitConverter.DoubleToInt64Bits(left) & long.MinValue));
    }

    /// <summary>The same of floats: the exact remainder of two floats is a float.</summary>
    public static float Remainder(float left, float right) => (float)Remainder((double)left, (double)right);

    private static long Mantissa(long bits) => bits < HiddenBit ? bits : (bits & (HiddenBit - 1)) | HiddenBit;
}
