using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Linear;

/// <summary>Factors of TF32: the range of a float with 11 bits of precision.</summary>
public readonly struct Tf32Factor : IMatrixFactor<Tf32Factor>
{
    private const int Half = WarpMatrix.DepthOfTf32 / 2;

    /// <inheritdoc/>
    public static int Depth => WarpMatrix.DepthOfTf32;

    /// <inheritdoc/>
    public static int NumbersOfAWord => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Pack(float first, float second) => WarpMatrix.ToTf32(first);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LeftFactor LoadLeft(ArrayView<float> tile, int first, int stride)
    {
        int upper = first + (WarpMatrix.Row * stride) + WarpMatrix.Place;
        int lower = upper + (WarpMatrix.Rows / 2 * stride);
        return new LeftFactor
        {
            UpperFirst = WarpMatrix.ToTf32(tile[upper]),
            LowerFirst = WarpMatrix.ToTf32(tile[lower]),
            UpperSecond = WarpMatrix.ToTf32(tile[upper + Half]),
            LowerSecond = WarpMatrix.ToTf32(tile[lower + Half]),
        };
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RightFactor LoadRight(ArrayView<float> tile, int first, int stride)
    {
        int place = first + (WarpMatrix.Place * stride) + WarpMatrix.Row;
        return new RightFactor { First = WarpMatrix.ToTf32(tile[place]), Second = WarpMatrix.ToTf32(tile[place + (Half * stride)]) };
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WarpSums MultiplyAdd(LeftFactor left, RightFactor right, WarpSums sums) => WarpMatrix.MultiplyAddTf32(
        left.UpperFirst, left.LowerFirst, left.UpperSecond, left.LowerSecond, right.First, right.Second, sums);
}
