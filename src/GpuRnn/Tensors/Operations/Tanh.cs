using System.Reflection;
using GpuRnn.Kernels.Cells.Activations;

namespace GpuRnn.Tensors.Operations;

/// <summary>The hyperbolic tangent of every element; its gradient is 1 − y².</summary>
public static class Tanh
{
    private static readonly MethodInfo s_forward = Activation.Forward<TanhActivation>();
    private static readonly MethodInfo s_backward = Activation.Backward<TanhActivation>();

    /// <summary>Applies it to every element.</summary>
    public static Tensor Forward(Tape tape, Tensor input)
    {
        return Activation.Forward(tape, input, "Tanh.Forward", s_forward, s_backward);
    }
}
