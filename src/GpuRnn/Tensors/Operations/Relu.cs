using System.Reflection;
using GpuRnn.Kernels.Cells.Activations;

namespace GpuRnn.Tensors.Operations;

/// <summary>The positive part of every element; its gradient is 1 above zero and 0 elsewhere.</summary>
public static class Relu
{
    private static readonly MethodInfo s_forward = Activation.Forward<ReluActivation>();
    private static readonly MethodInfo s_backward = Activation.Backward<ReluActivation>();

    /// <summary>Applies it to every element.</summary>
    public static Tensor Forward(Tape tape, Tensor input)
    {
        return Activation.Forward(tape, input, "Relu.Forward", s_forward, s_backward);
    }
}
