using System.Reflection;
using GpuRnn.Kernels.Cells.Activations;

namespace GpuRnn.Tensors.Operations;

/// <summary>The logistic function 1 / (1 + e^−x) of every element; its gradient is y·(1 − y).</summary>
public static class Sigmoid
{
    private static readonly MethodInfo s_forward = Activation.Forward<SigmoidActivation>();
    private static readonly MethodInfo s_backward = Activation.Backward<SigmoidActivation>();

    /// <summary>Applies it to every element.</summary>
    public static Tensor Forward(Tape tape, Tensor input)
    {
        return Activation.Forward(tape, input, "Sigmoid.Forward", s_forward, s_backward);
    }
}
