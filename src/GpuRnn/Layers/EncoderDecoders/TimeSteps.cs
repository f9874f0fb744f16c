using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers.EncoderDecoders;

/// <summary>Puts steps one after the other along the first axis.</summary>
internal static class TimeSteps
{
    /// <summary>[1, B, W] each become [n, B, W].</summary>
    public static Tensor Join(Tape tape, IReadOnlyList<Tensor> steps)
    {
        if (steps.Count == 1)
        {
            return steps[0];
        }

        // As one row each, so that side by side is one after the other.
        Tensor rows = Concat.Forward(tape, [.. steps.Select(step => Reshape.Forward(tape, step, 1, step.Length))]);
        return Reshape.Forward(tape, rows, [steps.Count, .. steps[0].Shape[1..]]);
    }

    /// <summary>[1, B, W] becomes [count, B, W], the same step again and again.</summary>
    public static Tensor Repeat(Tape tape, Tensor step, int count)
    {
        int batchSize = step.Shape[1];
        int[] rows = [.. Enumerable.Range(0, count * batchSize).Select(row => row % batchSize)];
        return Tensors.Operations.Embedding.Forward(tape, Reshape.Forward(tape, step, batchSize, step.Shape[2]), rows, count, batchSize);
    }

    /// <summary>Step t as [1, B, W].</summary>
    public static Tensor At(Tape tape, Tensor steps, int t)
    {
        return steps.Shape[0] == 1 ? steps : SliceTime.Forward(tape, steps, t, 1);
    }
}
