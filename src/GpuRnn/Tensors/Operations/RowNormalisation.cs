using System.Reflection;
using GpuRnn.Devices;

namespace GpuRnn.Tensors.Operations;

/// <summary>What softmax and log-softmax share: rows of the last axis, whose gradient follows from the result alone.</summary>
internal static class RowNormalisation
{
    public static Tensor Forward(Tape tape, Tensor input, string where, MethodInfo forward, MethodInfo backward)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(input, where);
        ShapeCheck.RequireRank(input, 1, "[…, V]", where);
        int width = input.Shape[^1];
        int rows = width == 0 ? 0 : input.Length / width;
        Tensor result = tape.Allocate([.. input.Shape]);
        TensorKernels.Launch(tape.Device, forward, rows, input.View, result.View, width);
        if (tape.NeedsGradient(input))
        {
            tape.Record(new Gradient(input, result, rows, width, backward), result);
        }

        return result;
    }

    private sealed class Gradient(Tensor input, Tensor result, int rows, int width, MethodInfo backward) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is Tensor upstream)
            {
                GradientPart part = tape.BeginGradient(input);
                TensorKernels.Launch(tape.Device, backward, rows, result.View, upstream.View, part.View, width);
                tape.EndGradient(part);
            }
        }
    }
}
