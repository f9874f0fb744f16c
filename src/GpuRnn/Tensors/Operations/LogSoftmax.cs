using System.Reflection;
using GpuRnn.Devices;
using GpuRnn.Kernels.Reductions;

namespace GpuRnn.Tensors.Operations;

/// <summary>The logarithm of the softmax over the last axis, finite where the softmax itself would be rounded to 0.</summary>
public static class LogSoftmax
{
    private static readonly MethodInfo s_forward = TensorKernels.Method(typeof(RowLogSoftmax), nameof(RowLogSoftmax.Forward));
    private static readonly MethodInfo s_backward = TensorKernels.Method(typeof(RowLogSoftmax), nameof(RowLogSoftmax.Backward));

    /// <summary>Turns every row into logarithms of probabilities.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">[…, V].</param>
    /// <returns>[…, V]; the exponentials of every row add up to 1.</returns>
    /// <exception cref="ShapeException">The input has no axis.</exception>
    public static Tensor Forward(Tape tape, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(input, "LogSoftmax.Forward");
        ShapeCheck.RequireRank(input, 1, "[…, V]", "LogSoftmax.Forward");
        int width = input.Shape[^1];
        int rows = width == 0 ? 0 : input.Length / width;
        Tensor result = tape.Allocate([.. input.Shape]);
        TensorKernels.Launch(tape.Device, s_forward, rows, input.View, result.View, width);
        if (tape.NeedsGradient(input))
        {
            tape.Record(new Gradient(input, result, rows, width), result);
        }

        return result;
    }

    private sealed class Gradient(Tensor input, Tensor result, int rows, int width) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is Tensor upstream)
            {
                GradientPart part = tape.BeginGradient(input);
                TensorKernels.Launch(tape.Device, s_backward, rows, result.View, upstream.View, part.View, width);
                tape.EndGradient(part);
            }
        }
    }
}
