using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Ilgpu;

/// <summary>What kernels use of <see cref="System.MathF"/>, in a form that ILGPU compiles; stands for it in that build.</summary>
/// <remarks>ILGPU maps magnitude and square root to instructions, but knows no fused multiply-add.</remarks>
public static class MathF
{
    /// <inheritdoc cref="System.MathF.Abs"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Abs(float x) => System.MathF.Abs(x);

    /// <inheritdoc cref="System.MathF.Sqrt"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sqrt(float x) => System.MathF.Sqrt(x);

    /// <summary><c>x * y + z</c> with one rounding, in double precision; the device needs that type.</summary>
    /// <remarks>
    /// The product of two floats is exact in double precision, so only the sum can round before the result does. Its error e is exact
    /// too (Knuth 1969, two-sum). Where e is not zero, the sum is moved to the neighbour whose last bit is odd ("rounding to odd",
    /// Boldo and Melquiond 2008): a double has more than two bits beyond a float, so the second rounding then gives what one would have.
    /// Contraction by the device's compiler changes nothing, because the product is exact.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float FusedMultiplyAdd(float x, float y, float z)
    {
        double product = (double)x * y;
        double sum = product + z;
        double back = sum - product;
        double error = (product - (sum - back)) + (z - back);
        ulong bits = Interop.FloatAsInt(sum);
        // An infinite or undefined sum makes the error undefined, and both comparisons false. The last bit is 0 where the move is due.
        bool isBelow = error > 0.0;
        bool isAbove = error < 0.0;
        if ((isBelow || isAbove) && (bits & 1UL) == 0UL)
        {
            // Away from zero where the error has the sum's sign, else towards it: one up or down in the bit pattern.
            bits = isBelow == (sum > 0.0) ? bits + 1UL : bits - 1UL;
        }

        return (float)Interop.IntAsFloat(bits);
    }
}
