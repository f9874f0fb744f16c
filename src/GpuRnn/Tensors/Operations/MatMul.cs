using GpuRnn.Devices;
using GpuRnn.KernelModel;

namespace GpuRnn.Tensors.Operations;

/// <summary>The matrix product A·B.</summary>
public static class MatMul
{
    /// <summary>Multiplies two matrices.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="left">[M, K].</param>
    /// <param name="right">[K, N].</param>
    /// <returns>[M, N].</returns>
    /// <exception cref="ShapeException">The inputs are no matrices or disagree in K.</exception>
    public static Tensor Forward(Tape tape, Tensor left, Tensor right)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(left, "MatMul.Forward");
        tape.Require(right, "MatMul.Forward");
        if (left.Rank != 2 || right.Rank != 2 || left.Shape[1] != right.Shape[0])
        {
            throw new ShapeException(
                $"MatMul.Forward: the inputs are {Tensor.Describe(left.Shape)} and {Tensor.Describe(right.Shape)}, "
                + "but [M, K] and [K, N] are needed. Make the first one's columns as many as the second one's rows.");
        }

        int m = left.Shape[0];
        int k = left.Shape[1];
        int n = right.Shape[1];
        Tensor result = tape.Allocate(m, n);
        Products.Multiply(tape, left.View, false, k, right.View, false, n, result.View, m, n, k, accumulate: false);
        if (tape.NeedsGradient(left, right))
        {
            tape.Record(new Gradient(left, right, result), result);
        }

        return result;
    }

    private sealed class Gradient(Tensor left, Tensor right, Tensor result) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is not Tensor upstream)
            {
                return;
            }

            int m = left.Shape[0];
            int k = left.Shape[1];
            int n = right.Shape[1];
            if (left.NeedsGradient)
            {
                // dA = dC · Bᵀ
                ArrayView<float> gradient = tape.GradientOf(left).View;
                Products.Multiply(tape, upstream.View, false, n, right.View, true, n, gradient, m, k, n, accumulate: true);
            }

            if (right.NeedsGradient)
            {
                // dB = Aᵀ · dC
                ArrayView<float> gradient = tape.GradientOf(right).View;
                Products.Multiply(tape, left.View, true, k, upstream.View, false, n, gradient, k, n, m, accumulate: true);
            }
        }
    }
}
