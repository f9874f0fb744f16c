using GpuRnn.Devices;
using GpuRnn.KernelModel;

namespace GpuRnn.Tensors.Operations;

/// <summary>Exchanges the first two axes: the door between [B, T, …] outside and [T, B, …] inside.</summary>
public static class SwapTimeAndBatch
{
    /// <summary>[A, B, …] becomes [B, A, …].</summary>
    /// <exception cref="ShapeException">The input has fewer than two axes.</exception>
    /// <remarks>One launch for each step of the shorter axis.</remarks>
    public static Tensor Forward(Tape tape, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(input, "SwapTimeAndBatch.Forward");
        ShapeCheck.RequireRank(input, 2, "[B, T, …]", "SwapTimeAndBatch.Forward");
        int[] shape = [.. input.Shape];
        (shape[0], shape[1]) = (shape[1], shape[0]);
        Tensor result = tape.Allocate(shape);
        Swap(tape.Device, input.View, result.View, input.Shape[0], input.Shape[1]);
        if (tape.NeedsGradient(input))
        {
            tape.Record(new Gradient(input, result), result);
        }

        return result;
    }

    private static void Swap(Device device, ArrayView<float> from, ArrayView<float> to, int first, int second)
    {
        if (from.Length == 0)
        {
            return;
        }

        int width = from.IntLength / (first * second);
        if (first <= second)
        {
            for (int row = 0; row < first; row++)
            {
                ArrayView<float> source = from.SubView(row * second * width);
                TensorKernels.CopyStrided(device, source, width, to.SubView(row * width), first * width, second, width, accumulate: false);
            }
        }
        else
        {
            for (int row = 0; row < second; row++)
            {
                ArrayView<float> target = to.SubView(row * first * width);
                ArrayView<float> source = from.SubView(row * width);
                TensorKernels.CopyStrided(device, source, second * width, target, width, first, width, accumulate: false);
            }
        }
    }

    private sealed class Gradient(Tensor input, Tensor result) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is Tensor upstream)
            {
                GradientPart part = tape.BeginGradient(input);
                Swap(tape.Device, upstream.View, part.View, result.Shape[0], result.Shape[1]);
                tape.EndGradient(part);
            }
        }
    }
}
