namespace GpuRnn.Testing.PtxMachine;

/// <summary>The products of a warp's matrices, after sections 9.7.13.4.6 and 9.7.13.4.8 of the manual of PTX ISA 7.8.</summary>
/// <remarks>The manual leaves the order of a sum open; this one takes it as the kernel model does.</remarks>
internal static class PtxMatrixUnit
{
    private const int Rows = 16;
    private const int Columns = 8;

    /// <summary>Lets the lanes of a warp, who all wait at the same instruction, make their product.</summary>
    internal static void Multiply(PtxThread[] warp)
    {
        string shape = warp[0].Waiting!.Instruction.Operation[3];
        int depth = shape switch
        {
            "m16n8k8" when warp[0].Waiting!.Instruction.Operation is [.., "row", "col", "f32", "tf32", "tf32", "f32"] => 8,
            "m16n8k16" when warp[0].Waiting!.Instruction.Operation is [.., "row", "col", "f32", "bf16", "bf16", "f32"] => 16,
            _ => throw new NotSupportedException($"PtxMatrixUnit: '{warp[0].Waiting!.Instruction.Text}' is not known. Teach it the shape, with the PTX manual's meaning."),
        };
        float[,] a = new float[Rows, depth];
        float[,] b = new float[depth, Columns];
        float[,] sums = new float[Rows, Columns];
        for (int lane = 0; lane < warp.Length; lane++)
        {
            (int group, int member) = (lane >> 2, lane & 3);
            uint[] left = warp[lane].List(1);
            uint[] right = warp[lane].List(2);
            uint[] sum = warp[lane].List(3);
            int half = depth / 2;
            for (int i = 0; i < left.Length; i++)
            {
                Put((k, value) => a[group + (8 * (i & 1)), k] = value, left[i], member, i < 2 ? 0 : half, depth);
            }

            for (int i = 0; i < right.Length; i++)
            {
                Put((k, value) => b[k, group] = value, right[i], member, i * half, depth);
            }

            for (int i = 0; i < sum.Length; i++)
            {
                sums[group + (8 * (i >> 1)), (2 * member) + (i & 1)] = BitConverter.UInt32BitsToSingle(sum[i]);
            }
        }

        int[] order = [.. Enumerable.Range(0, depth).OrderBy(k => k % (depth / 2) / (depth / 8)).ThenBy(k => k)];
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                Array.ForEach(order, k => sums[row, column] = MathF.FusedMultiplyAdd(a[row, k], b[k, column], sums[row, column]));
            }
        }

        for (int lane = 0; lane < warp.Length; lane++)
        {
            (int group, int member) = (lane >> 2, lane & 3);
            warp[lane].Take([.. Enumerable.Range(0, 4).Select(i => BitConverter.SingleToUInt32Bits(sums[group + (8 * (i >> 1)), (2 * member) + (i & 1)]))]);
        }
    }

    // One number of TF32, whose low bits do not count, or two of bfloat16, the lower k in the low half.
    private static void Put(Action<int, float> element, uint bits, int member, int first, int depth)
    {
        if (depth == 8)
        {
            element(first + member, BitConverter.UInt32BitsToSingle(bits & 0xFFFFE000u));
            return;
        }

        element(first + (2 * member), BitConverter.UInt32BitsToSingle(bits << 16));
        element(first + (2 * member) + 1, BitConverter.UInt32BitsToSingle(bits & 0xFFFF0000u));
    }
}
