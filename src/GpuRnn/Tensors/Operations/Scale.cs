using System.Reflection;
using GpuRnn.Devices;

namespace GpuRnn.Tensors.Operations;

/// <summary>A tensor times one number that the host knows.</summary>
public static class Scale
{
    private static readonly MethodInfo s_kernel =
        TensorKernels.Method(typeof(Kernels.Elementwise.Scale), nameof(Kernels.Elementwise.Scale.Forward));

    /// <summary>Multiplies every element.</summary>
    public static Tensor Forward(Tape tape, Tensor input, float factor)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(input, "Scale.Forward");
        Tensor result = tape.Allocate([.. input.Shape]);
        TensorKernels.Launch(tape.Device, s_kernel, result.Length, input.View, result.View, factor);
        if (tape.NeedsGradient(input))
        {
            tape.Record(new Gradient(input, result, factor), result);
        }

        return result;
    }

    private sealed class Gradient(Tensor input, Tensor result, float factor) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is Tensor upstream)
            {
                GradientPart part = tape.BeginGradient(input);
                TensorKernels.Launch(tape.Device, s_kernel, result.Length, upstream.View, part.View, factor);
                tape.EndGradient(part);
            }
        }
    }
}
