using GpuRnn.Devices;
using GpuRnn.KernelModel;

namespace GpuRnn.Tensors.Operations;

/// <summary>Consecutive time steps of a sequence.</summary>
public static class SliceTime
{
    /// <summary>Copies one step: [T, …] becomes […].</summary>
    /// <exception cref="ShapeException">There is no such step.</exception>
    public static Tensor Forward(Tape tape, Tensor input, int step)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Copy(tape, input, step, 1, input.Rank > 0 ? [.. input.Shape[1..]] : []);
    }

    /// <summary>Copies <paramref name="count"/> steps from <paramref name="start"/> on: [T, …] becomes [count, …].</summary>
    /// <exception cref="ShapeException">The steps do not lie within the sequence.</exception>
    public static Tensor Forward(Tape tape, Tensor input, int start, int count)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Copy(tape, input, start, count, input.Rank > 0 ? [count, .. input.Shape[1..]] : []);
    }

    private static Tensor Copy(Tape tape, Tensor input, int start, int count, int[] shape)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(input, "SliceTime.Forward");
        ShapeCheck.RequireRank(input, 1, "[T, …]", "SliceTime.Forward");
        int steps = input.Shape[0];
        if (start < 0 || count < 0 || (long)start + count > steps)
        {
            throw new ShapeException(
                $"SliceTime.Forward: steps {start} to {start + (long)count - 1} of {Tensor.Describe(input.Shape)} were asked for, "
                + $"but it has steps 0 to {steps - 1}. Ask for steps that exist.");
        }

        Tensor result = tape.Allocate(shape);
        int width = steps == 0 ? 0 : input.Length / steps;
        TensorKernels.Copy(tape.Device, input.View.SubView(start * width, count * width), result.View);
        if (tape.NeedsGradient(input))
        {
            tape.Record(new Gradient(input, result, start * width), result);
        }

        return result;
    }

    private sealed class Gradient(Tensor input, Tensor result, int offset) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is Tensor upstream)
            {
                ArrayView<float> target = tape.GradientOf(input).View.SubView(offset, result.Length);
                TensorKernels.AddTo(tape.Device, upstream.View, target);
            }
        }
    }
}
