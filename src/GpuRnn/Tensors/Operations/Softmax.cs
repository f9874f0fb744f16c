using System.Reflection;
using GpuRnn.Devices;
using GpuRnn.Kernels.Reductions;

namespace GpuRnn.Tensors.Operations;

/// <summary>The softmax over the last axis.</summary>
public static class Softmax
{
    private static readonly MethodInfo s_forward = TensorKernels.Method(typeof(RowSoftmax), nameof(RowSoftmax.Forward));
    private static readonly MethodInfo s_backward = TensorKernels.Method(typeof(RowSoftmax), nameof(RowSoftmax.Backward));

    /// <summary>Turns every row into probabilities.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">[…, V].</param>
    /// <returns>[…, V]; every row adds up to 1.</returns>
    /// <exception cref="ShapeException">The input has no axis.</exception>
    public static Tensor Forward(Tape tape, Tensor input)
    {
        return RowNormalisation.Forward(tape, input, "Softmax.Forward", s_forward, s_backward);
    }
}
