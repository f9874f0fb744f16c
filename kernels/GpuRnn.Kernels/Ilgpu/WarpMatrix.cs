using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Ilgpu;

/// <summary>Stands for the model's WarpMatrix in the ILGPU build: the same meaning by exchanging factors, without tensor cores.</summary>
/// <remarks>Layout and order of the sums: GpuRnn.KernelModel.WarpMatrix. The warp must have 32 lanes.</remarks>
public static class WarpMatrix
{
    /// <summary>The rows of A, C and D.</summary>
    public const int Rows = 16;

    /// <summary>The columns of B, C and D.</summary>
    public const int Columns = 8;

    /// <summary>The columns of A and rows of B with factors of TF32.</summary>
    public const int DepthOfTf32 = 8;

    /// <summary>The columns of A and rows of B with factors of BFloat16.</summary>
    public const int DepthOfBFloat16 = 16;

    private const int Places = 4;

    /// <summary>The lane's row.</summary>
    public static int Row => Warp.LaneIdx >> 2;

    /// <summary>The lane's place in its row, 0 to 3.</summary>
    public static int Place => Warp.LaneIdx & 3;

    /// <summary>The bits of the nearest number of TF32; ties go away from zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ToTf32(float value)
    {
        uint bits = Interop.FloatAsInt(value);
        return (bits & 0x7FFFFFFFu) > 0x7F800000u ? 0x7FFFFFFFu : (bits + 0x1000u) & 0xFFFFE000u;
    }

    /// <summary>The bits of the nearest two numbers of BFloat16, ties to even: the first in the low half, the second in the high one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ToBFloat16Pair(float low, float high) => ToBFloat16(low) | (ToBFloat16(high) << 16);

    /// <summary>D of factors of TF32.</summary>
    public static WarpSums MultiplyAddTf32(uint a0, uint a1, uint a2, uint a3, uint b0, uint b1, WarpSums sums)
    {
        float upperLeft = sums.UpperLeft;
        float upperRight = sums.UpperRight;
        float lowerLeft = sums.LowerLeft;
        float lowerRight = sums.LowerRight;
        int row = Warp.LaneIdx & -Places;
        int column = Place * 2 * Places;
        for (int place = 0; place < Places; place++)
        {
            float first = Tf32(Warp.Shuffle(a0, row + place));
            float second = Tf32(Warp.Shuffle(a1, row + place));
            float third = Tf32(Warp.Shuffle(a2, row + place));
            float fourth = Tf32(Warp.Shuffle(a3, row + place));
            float leftFirst = Tf32(Warp.Shuffle(b0, column + place));
            float leftSecond = Tf32(Warp.Shuffle(b1, column + place));
            float rightFirst = Tf32(Warp.Shuffle(b0, column + Places + place));
            float rightSecond = Tf32(Warp.Shuffle(b1, column + Places + place));
            upperLeft = MathF.FusedMultiplyAdd(third, leftSecond, MathF.FusedMultiplyAdd(first, leftFirst, upperLeft));
            upperRight = MathF.FusedMultiplyAdd(third, rightSecond, MathF.FusedMultiplyAdd(first, rightFirst, upperRight));
            lowerLeft = MathF.FusedMultiplyAdd(fourth, leftSecond, MathF.FusedMultiplyAdd(second, leftFirst, lowerLeft));
            lowerRight = MathF.FusedMultiplyAdd(fourth, rightSecond, MathF.FusedMultiplyAdd(second, rightFirst, lowerRight));
        }

        return new WarpSums(upperLeft, upperRight, lowerLeft, lowerRight);
    }

    /// <summary>D of factors of BFloat16.</summary>
    public static WarpSums MultiplyAddBFloat16(uint a0, uint a1, uint a2, uint a3, uint b0, uint b1, WarpSums sums)
    {
        float upperLeft = sums.UpperLeft;
        float upperRight = sums.UpperRight;
        float lowerLeft = sums.LowerLeft;
        float lowerRight = sums.LowerRight;
        int row = Warp.LaneIdx & -Places;
        int column = Place * 2 * Places;
        for (int place = 0; place < Places; place++)
        {
            uint first = Warp.Shuffle(a0, row + place);
            uint second = Warp.Shuffle(a1, row + place);
            uint third = Warp.Shuffle(a2, row + place);
            uint fourth = Warp.Shuffle(a3, row + place);
            uint leftFirst = Warp.Shuffle(b0, column + place);
            uint leftSecond = Warp.Shuffle(b1, column + place);
            uint rightFirst = Warp.Shuffle(b0, column + Places + place);
            uint rightSecond = Warp.Shuffle(b1, column + Places + place);
            upperLeft = MultiplyAddPairs(third, leftSecond, MultiplyAddPairs(first, leftFirst, upperLeft));
            upperRight = MultiplyAddPairs(third, rightSecond, MultiplyAddPairs(first, rightFirst, upperRight));
            lowerLeft = MultiplyAddPairs(fourth, leftSecond, MultiplyAddPairs(second, leftFirst, lowerLeft));
            lowerRight = MultiplyAddPairs(fourth, rightSecond, MultiplyAddPairs(second, rightFirst, lowerRight));
        }

        return new WarpSums(upperLeft, upperRight, lowerLeft, lowerRight);
    }

    private static uint ToBFloat16(float value)
    {
        uint bits = Interop.FloatAsInt(value);
        return (bits & 0x7FFFFFFFu) > 0x7F800000u ? 0x7FFFu : (bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Tf32(uint bits) => Interop.IntAsFloat(bits & 0xFFFFE000u);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float MultiplyAddPairs(uint left, uint right, float sum) => MathF.FusedMultiplyAdd(
        Interop.IntAsFloat(left & 0xFFFF0000u),
        Interop.IntAsFloat(right & 0xFFFF0000u),
        MathF.FusedMultiplyAdd(Interop.IntAsFloat(left << 16), Interop.IntAsFloat(right << 16), sum));
}
