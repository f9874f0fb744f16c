using System.Runtime.CompilerServices;

namespace GpuRnn.KernelModel;

/// <summary>D = A B + C of small matrices that the 32 lanes of a warp hold together, with factors of few bits and sums in single precision.</summary>
/// <remarks>
/// <para>
/// An extension of the model: the tensor cores of NVIDIA's GPUs from sm_80 on do it in one instruction, every other device by exchanging factors.
/// All lanes must call it, as with any collective, and the group must consist of whole warps.
/// </para>
/// <para>
/// Layout (PTX ISA 7.8, 9.7.13.4.6 and 9.7.13.4.8): lane l has the row r = l / 4 and the place p = l % 4. It holds of C and D what
/// <see cref="WarpSums"/> says. TF32, A 16 by 8 and B 8 by 8: a0 = A[r, p], a1 = A[r + 8, p], a2 = A[r, p + 4], a3 = A[r + 8, p + 4],
/// b0 = B[p, r], b1 = B[p + 4, r]. BFloat16, A 16 by 16 and B 16 by 8, each operand two numbers, the one of the lower k in the low half:
/// a0 = A[r, 2p..], a1 = A[r + 8, 2p..], a2 = A[r, 2p + 8..], a3 = A[r + 8, 2p + 8..], b0 = B[2p.., r], b1 = B[2p + 8.., r].
/// </para>
/// <para>
/// Meaning: each sum begins as C and takes one product after the other, each with one rounding, for p = 0 to 3 the k of the first operand and
/// then those of the second. Tensor cores multiply as exactly, but add in an order of their own and may cut where this rounds
/// (Fasi et al. 2021, "Numerical behavior of NVIDIA tensor cores"); compare within the error of such a sum.
/// </para>
/// </remarks>
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

    /// <summary>The lane's row: the first row of A that it holds, and the column of B.</summary>
    public static int Row => Warp.LaneIdx >> 2;

    /// <summary>The lane's place in its row, 0 to 3.</summary>
    public static int Place => Warp.LaneIdx & 3;

    /// <summary>The bits of the nearest number with 10 bits behind the point and the range of a float; ties go away from zero.</summary>
    /// <remarks>What is too large becomes infinite, NaN stays a NaN. The low 13 bits of a number are 0.</remarks>
    public static uint ToTf32(float value)
    {
        uint bits = Interop.FloatAsInt(value);
        return (bits & 0x7FFFFFFFu) > 0x7F800000u ? 0x7FFFFFFFu : (bits + 0x1000u) & 0xFFFFE000u;
    }

    /// <summary>The bits of the nearest two numbers of BFloat16, ties to even: the first in the low half, the second in the high one.</summary>
    /// <remarks>What is too large becomes infinite, NaN stays a NaN.</remarks>
    public static uint ToBFloat16Pair(float low, float high) => ToBFloat16(low) | (ToBFloat16(high) << 16);

    /// <summary>D of factors of TF32, as <see cref="ToTf32"/> gives them; the low 13 bits of others are not looked at.</summary>
    /// <exception cref="InvalidOperationException">The group does not consist of whole warps.</exception>
    public static WarpSums MultiplyAddTf32(uint a0, uint a1, uint a2, uint a3, uint b0, uint b1, WarpSums sums)
    {
        ViewChecks.RequireWholeWarps("WarpMatrix.MultiplyAddTf32");
        (float upperLeft, float upperRight, float lowerLeft, float lowerRight) = (sums.UpperLeft, sums.UpperRight, sums.LowerLeft, sums.LowerRight);
        int row = Warp.LaneIdx & -Places;
        int column = Place * 2 * Places;
        for (int place = 0; place < Places; place++)
        {
            (uint First, uint Second, uint Third, uint Fourth) a = Warp.Shuffle((a0, a1, a2, a3), row + place);
            (uint First, uint Second) left = Warp.Shuffle((b0, b1), column + place);
            (uint First, uint Second) right = Warp.Shuffle((b0, b1), column + Places + place);
            upperLeft = MathF.FusedMultiplyAdd(Tf32(a.First), Tf32(left.First), upperLeft);
            upperRight = MathF.FusedMultiplyAdd(Tf32(a.First), Tf32(right.First), upperRight);
            lowerLeft = MathF.FusedMultiplyAdd(Tf32(a.Second), Tf32(left.First), lowerLeft);
            lowerRight = MathF.FusedMultiplyAdd(Tf32(a.Second), Tf32(right.First), lowerRight);
            upperLeft = MathF.FusedMultiplyAdd(Tf32(a.Third), Tf32(left.Second), upperLeft);
            upperRight = MathF.FusedMultiplyAdd(Tf32(a.Third), Tf32(right.Second), upperRight);
            lowerLeft = MathF.FusedMultiplyAdd(Tf32(a.Fourth), Tf32(left.Second), lowerLeft);
            lowerRight = MathF.FusedMultiplyAdd(Tf32(a.Fourth), Tf32(right.Second), lowerRight);
        }

        return new WarpSums(upperLeft, upperRight, lowerLeft, lowerRight);
    }

    /// <summary>D of factors of BFloat16, as <see cref="ToBFloat16Pair"/> gives them.</summary>
    /// <exception cref="InvalidOperationException">The group does not consist of whole warps.</exception>
    public static WarpSums MultiplyAddBFloat16(uint a0, uint a1, uint a2, uint a3, uint b0, uint b1, WarpSums sums)
    {
        ViewChecks.RequireWholeWarps("WarpMatrix.MultiplyAddBFloat16");
        (float upperLeft, float upperRight, float lowerLeft, float lowerRight) = (sums.UpperLeft, sums.UpperRight, sums.LowerLeft, sums.LowerRight);
        int row = Warp.LaneIdx & -Places;
        int column = Place * 2 * Places;
        for (int place = 0; place < Places; place++)
        {
            (uint First, uint Second, uint Third, uint Fourth) a = Warp.Shuffle((a0, a1, a2, a3), row + place);
            (uint First, uint Second) left = Warp.Shuffle((b0, b1), column + place);
            (uint First, uint Second) right = Warp.Shuffle((b0, b1), column + Places + place);
            upperLeft = MultiplyAddPairs(a.Third, left.Second, MultiplyAddPairs(a.First, left.First, upperLeft));
            upperRight = MultiplyAddPairs(a.Third, right.Second, MultiplyAddPairs(a.First, right.First, upperRight));
            lowerLeft = MultiplyAddPairs(a.Fourth, left.Second, MultiplyAddPairs(a.Second, left.First, lowerLeft));
            lowerRight = MultiplyAddPairs(a.Fourth, right.Second, MultiplyAddPairs(a.Second, right.First, lowerRight));
        }

        return new WarpSums(upperLeft, upperRight, lowerLeft, lowerRight);
    }

    private static uint ToBFloat16(float value)
    {
        // Half of the last kept place, less one where the kept part is even: a tie then does not carry.
        uint bits = Interop.FloatAsInt(value);
        return (bits & 0x7FFFFFFFu) > 0x7F800000u ? 0x7FFFu : (bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Tf32(uint bits) => Interop.IntAsFloat(bits & 0xFFFFE000u);

    // The low halves first.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float MultiplyAddPairs(uint left, uint right, float sum) => MathF.FusedMultiplyAdd(
        Interop.IntAsFloat(left & 0xFFFF0000u),
        Interop.IntAsFloat(right & 0xFFFF0000u),
        MathF.FusedMultiplyAdd(Interop.IntAsFloat(left << 16), Interop.IntAsFloat(right << 16), sum));
}
