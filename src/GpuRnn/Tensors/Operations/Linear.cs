using GpuRnn.Devices;
using GpuRnn.KernelModel;

namespace GpuRnn.Tensors.Operations;

/// <summary>y = x·Wᵀ + b on the last axis.</summary>
public static class Linear
{
    /// <summary>One matrix product over all rows of the input.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">[…, K].</param>
    /// <param name="weight">[N, K].</param>
    /// <param name="bias">[N]; null for none.</param>
    /// <returns>[…, N].</returns>
    /// <exception cref="ShapeException">The axes K or N disagree.</exception>
    public static Tensor Forward(Tape tape, Tensor input, Tensor weight, Tensor? bias = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(input, "Linear.Forward");
        tape.Require(weight, "Linear.Forward");
        RequireShapes(input, weight, bias);
        int rows = weight.Shape[0];
        int depth = weight.Shape[1];
        int[] shape = [.. input.Shape];
        shape[^1] = rows;
        Tensor result = tape.Allocate(shape);
        int m = RowCount(input, depth);
        ArrayView<float> biasView = bias?.View ?? default;
        Products.Multiply(tape, input.View, false, depth, weight.View, true, depth, result.View, m, rows, depth, false, biasView);
        if (tape.NeedsGradient(input, weight) || (bias is not null && tape.NeedsGradient(bias)))
        {
            tape.Record(new Gradient(input, weight, bias, result, m), result);
        }

        return result;
    }

    private static int RowCount(Tensor input, int depth)
    {
        int rows = 1;
        foreach (int axis in input.Shape[..^1])
        {
            rows *= axis;
        }

        return rows;
    }

    private static void RequireShapes(Tensor input, Tensor weight, Tensor? bias)
    {
        if (weight.Rank != 2 || input.Rank == 0 || input.Shape[^1] != weight.Shape[1])
        {
            throw new ShapeException(
                $"Linear.Forward: input is {Tensor.Describe(input.Shape)} and weight {Tensor.Describe(weight.Shape)}, "
                + "but […, K] and [N, K] are needed. Give the input's last axis the size of the weight's last axis.");
        }

        if (bias is not null && (bias.Rank != 1 || bias.Shape[0] != weight.Shape[0]))
        {
            throw new ShapeException(
                $"Linear.Forward: bias is {Tensor.Describe(bias.Shape)}, but [N={weight.Shape[0]}] is needed. "
                + "Pass one bias for each row of the weight.");
        }
    }

    private sealed class Gradient(Tensor input, Tensor weight, Tensor? bias, Tensor result, int m) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is not Tensor upstream)
            {
                return;
            }

            int n = weight.Shape[0];
            int k = weight.Shape[1];
            if (input.NeedsGradient)
            {
                // dx = dy · W
                ArrayView<float> gradient = tape.GradientToAddTo(input, out bool isFirst);
                Products.Multiply(tape, upstream.View, false, n, weight.View, false, k, gradient, m, k, n, accumulate: !isFirst);
            }

            if (weight.NeedsGradient)
            {
                // dW = dyᵀ · x
                ArrayView<float> gradient = tape.GradientOf(weight).View;
                Products.Multiply(tape, upstream.View, true, n, input.View, false, k, gradient, n, k, m, accumulate: true);
            }

            if (bias is not null && bias.NeedsGradient)
            {
                TensorKernels.AddColumnSums(tape, upstream.View, tape.GradientOf(bias).View, m, n);
            }
        }
    }
}
