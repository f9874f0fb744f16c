using GpuRnn.Devices;
using GpuRnn.KernelModel;

namespace GpuRnn.Tensors.Operations;

/// <summary>Exchanges the first two axes: the door between [B, T, …] outside and [T, B, …] inside.</summary>
public static class SwapTimeAndBatch
{
    /// <summary>[A, B, …] becomes [B, A, …].</summary>
    /// <exception cref="ShapeException">The input has fewer than two axes.</exception>
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

        AxisSwap.Run(device, from, to, 1, first, second, from.IntLength / (first * second));
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
