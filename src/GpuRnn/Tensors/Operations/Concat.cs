using GpuRnn.Devices;
using GpuRnn.KernelModel;

namespace GpuRnn.Tensors.Operations;

/// <summary>Puts tensors side by side along the last axis.</summary>
public static class Concat
{
    /// <summary>[…, W₁], […, W₂], … become […, W₁ + W₂ + …].</summary>
    /// <exception cref="ShapeException">There is no tensor, or the axes before the last differ.</exception>
    public static Tensor Forward(Tape tape, params Tensor[] inputs)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Length == 0)
        {
            throw new ShapeException("Concat.Forward: no tensor arrived, but at least one is needed. Pass the tensors to join.");
        }

        int width = 0;
        bool needsGradient = false;
        foreach (Tensor input in inputs)
        {
            tape.Require(input, "Concat.Forward");
            ShapeCheck.RequireRank(input, 1, "[…, W]", "Concat.Forward");
            if (!input.Shape[..^1].SequenceEqual(inputs[0].Shape[..^1]))
            {
                throw new ShapeException(
                    $"Concat.Forward: one input is {Tensor.Describe(inputs[0].Shape)}, another {Tensor.Describe(input.Shape)}, "
                    + "but all axes before the last must agree. Reshape one of them.");
            }

            width += input.Shape[^1];
            needsGradient |= tape.NeedsGradient(input);
        }

        int[] shape = [.. inputs[0].Shape];
        shape[^1] = width;
        Tensor result = tape.Allocate(shape);
        int offset = 0;
        foreach (Tensor input in inputs)
        {
            int part = input.Shape[^1];
            Copy(tape.Device, input.View, part, From(result, offset), width, part, accumulate: false);
            offset += part;
        }

        if (needsGradient)
        {
            tape.Record(new Gradient([.. inputs], result), result);
        }

        return result;
    }

    // Without rows there is no column to begin at.
    private static ArrayView<float> From(Tensor tensor, int column)
    {
        return tensor.Length == 0 ? tensor.View : tensor.View.SubView(column);
    }

    private static void Copy(
        Device device, ArrayView<float> from, int fromStride, ArrayView<float> to, int toStride, int width, bool accumulate)
    {
        if (width == 0 || from.Length == 0 || to.Length == 0)
        {
            return;
        }

        // The last row of a window that starts inside a row is cut short, so rows are counted on the side that is whole.
        int rows = (from.IntLength + fromStride - 1) / fromStride;
        TensorKernels.CopyStrided(device, from, fromStride, to, toStride, rows, width, accumulate);
    }

    private sealed class Gradient(Tensor[] inputs, Tensor result) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is not Tensor upstream)
            {
                return;
            }

            int width = result.Shape[^1];
            int offset = 0;
            foreach (Tensor input in inputs)
            {
                int part = input.Shape[^1];
                if (input.NeedsGradient)
                {
                    ArrayView<float> target = tape.GradientToAddTo(input, out bool isFirst);
                    Copy(tape.Device, From(upstream, offset), width, target, part, part, accumulate: !isFirst);
                }

                offset += part;
            }
        }
    }
}
