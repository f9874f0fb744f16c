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
        return RowNormalisation.Forward(tape, input, "LogSoftmax.Forward", s_forward, s_backward);
    }
}
