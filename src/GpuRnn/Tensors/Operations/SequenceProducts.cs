using System.Reflection;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Linear;

namespace GpuRnn.Tensors.Operations;

/// <summary>One matrix product for each sequence of a batch, on [T, B, ·] tensors as they lie.</summary>
internal static class SequenceProducts
{
    private static readonly MethodInfo s_kernel = TensorKernels.Method(typeof(MatMulBatched), nameof(MatMulBatched.Forward));

    /// <summary>C_b = op(A_b) op(B_b) (+ C_b) for each sequence b.</summary>
    /// <param name="tape">Whose device runs it.</param>
    /// <param name="left">[M, K] each.</param>
    /// <param name="right">[K, N] each.</param>
    /// <param name="result">[M, N] each, not transposed.</param>
    /// <param name="m">Rows of a result.</param>
    /// <param name="k">Terms of a sum; 0 makes the result 0.</param>
    /// <param name="accumulate">True to add to the result.</param>
    public static void Multiply(Tape tape, SequenceFactor left, SequenceFactor right, SequenceFactor result, int m, int k, bool accumulate)
    {
        int n = result.Width;
        int batchSize = result.BatchSize;
        if (m == 0 || n == 0 || batchSize == 0)
        {
            return;
        }

        if (tape.Device.MatrixExecutor is { IsCheapToCall: true } executor && k > 0)
        {
            for (int sequence = 0; sequence < batchSize; sequence++)
            {
                executor.Multiply(
                    tape.Stream,
                    new MatrixProduct
                    {
                        A = new RowsView(left.Matrix(sequence), left.RowStride),
                        TransposeA = left.IsTransposed,
                        B = new RowsView(right.Matrix(sequence), right.RowStride),
                        TransposeB = right.IsTransposed,
                        C = new RowsView(result.Matrix(sequence), result.RowStride),
                        Accumulate = accumulate,
                        M = m,
                        N = n,
                        K = k,
                    });
            }

            return;
        }

        TensorKernels.Launch(
            tape.Device,
            s_kernel,
            batchSize * m * n,
            left.Memory,
            right.Memory,
            result.Memory,
            m,
            n,
            k,
            left.Width,
            left.IsTransposed ? 1 : left.RowStride,
            left.IsTransposed ? left.RowStride : 1,
            right.Width,
            right.IsTransposed ? 1 : right.RowStride,
            right.IsTransposed ? right.RowStride : 1,
            n,
            result.RowStride,
            accumulate ? 1 : 0);
    }
}
