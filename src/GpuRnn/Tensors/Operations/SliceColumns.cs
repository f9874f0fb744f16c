using GpuRnn.Devices;
using GpuRnn.KernelModel;

namespace GpuRnn.Tensors.Operations;

/// <summary>Some neighbouring columns of every row: the inverse of <see cref="Concat"/>.</summary>
public static class SliceColumns
{
    /// <summary>[…, W] becomes […, count].</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">[…, W].</param>
    /// <param name="first">The first column, 0 to W − 1.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="ShapeException">The input has no axis, or no such columns.</exception>
    public static Tensor Forward(Tape tape, Tensor input, int first, int count)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(input, "SliceColumns.Forward");
        ShapeCheck.RequireRank(input, 1, "[…, W]", "SliceColumns.Forward");
        int width = input.Shape[^1];
        if (first < 0 || count < 0 || (long)first + count > width)
        {
            throw new ShapeException(
                $"SliceColumns.Forward: columns {first} to {(long)first + count - 1} of {Tensor.Describe(input.Shape)} were asked for, "
                + $"but it has columns 0 to {width - 1}. Ask for columns that exist.");
        }

        int[] shape = [.. input.Shape];
        shape[^1] = count;
        Tensor result = tape.Allocate(shape);
        if (result.Length > 0)
        {
            TensorKernels.CopyStrided(tape.Device, From(input, first), width, result.View, count, result.Length / count, count, accumulate: false);
        }

        if (tape.NeedsGradient(input))
        {
            tape.Record(new Gradient(input, result, first), result);
        }

        return result;
    }

    private static ArrayView<float> From(Tensor tensor, int column)
    {
        return tensor.View.SubView(column, tensor.Length - column);
    }

    private sealed class Gradient(Tensor input, Tensor result, int first) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is Tensor upstream && result.Length > 0)
            {
                int count = result.Shape[^1];
                ArrayView<float> target = From(tape.GradientOf(input), first);
                TensorKernels.CopyStrided(tape.Device, upstream.View, count, target, input.Shape[^1], result.Length / count, count, accumulate: true);
            }
        }
    }
}
