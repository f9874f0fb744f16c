using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Linear;

/// <summary>Factors of BFloat16: the range of a float with 8 bits of precision, two in a register.</summary>
public readonly struct BFloat16Factor : IMatrixFactor<BFloat16Factor>
{
    private const int Half = WarpMatrix.DepthOfBFloat16 / 2;

    /// <inheritdoc/>
    public static int Depth => WarpMatrix.DepthOfBFloat16;

    /// <inheritdoc/>
    public static int NumbersOfAWord => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Pack(float first, float second) => WarpMatrix.ToBFloat16Pair(first, second);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LeftFactor LoadLeft(ArrayView<float> tile, int first, int stride)
    {
        int upper = first + (WarpMatrix.Row * stride) + (2 * WarpMatrix.Place);
        int lower = upper + (WarpMatrix.Rows / 2 * stride);
        return new LeftFactor
        {
            UpperFirst = WarpMatrix.ToBFloat16Pair(tile[upper], tile[upper + 1]),
            LowerFirst = WarpMatrix.ToBFloat16Pair(tile[lower], tile[lower + 1]),
            UpperSecond = WarpMatrix.ToBFloat16Pair(tile[upper + Half], tile[upper + Half + 1]),
            LowerSecond = WarpMatrix.ToBFloat16Pair(tile[lower + Half], tile[lower + Half + 1]),
        };
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RightFactor LoadRight(ArrayView<float> tile, int first, int stride)
    {
        int place = first + (2 * WarpMatrix.Place * stride) + WarpMatrix.Row;
        int second = place + (Half * stride);
        return new RightFactor
        {
            First = WarpMatrix.ToBFloat16Pair(tile[place], tile[place + stride]),
            Second = WarpMatrix.ToBFloat16Pair(tile[second], tile[second + stride]),
        };
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WarpSums MultiplyAdd(LeftFactor left, RightFactor right, WarpSums sums) => WarpMatrix.MultiplyAddBFloat16(
        left.UpperFirst, left.LowerFirst, left.UpperSecond, left.LowerSecond, right.First, right.Second, sums);
}
