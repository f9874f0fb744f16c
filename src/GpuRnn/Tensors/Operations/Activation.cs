using System.Reflection;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Elementwise;

namespace GpuRnn.Tensors.Operations;

/// <summary>What the functions of single elements share: their gradient follows from the result alone.</summary>
internal static class Activation
{
    public static MethodInfo Forward<TActivation>()
        where TActivation : struct, IActivation
    {
        return TensorKernels.Method(typeof(Activate), nameof(Activate.Forward)).MakeGenericMethod(typeof(TActivation));
    }

    public static MethodInfo Backward<TActivation>()
        where TActivation : struct, IActivation
    {
        return TensorKernels.Method(typeof(Activate), nameof(Activate.Backward)).MakeGenericMethod(typeof(TActivation));
    }

    public static Tensor Forward(Tape tape, Tensor input, string where, MethodInfo forward, MethodInfo backward)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(input, where);
        Tensor result = tape.Allocate([.. input.Shape]);
        TensorKernels.Launch(tape.Device, forward, result.Length, input.View, result.View);
        if (tape.NeedsGradient(input))
        {
            tape.Record(new Gradient(input, result, backward), result);
        }

        return result;
    }

    private sealed class Gradient(Tensor input, Tensor result, MethodInfo backward) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is Tensor upstream)
            {
                GradientPart part = tape.BeginGradient(input);
                TensorKernels.Launch(tape.Device, backward, result.Length, result.View, upstream.View, part.View);
                tape.EndGradient(part);
            }
        }
    }
}
