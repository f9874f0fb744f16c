using System.Reflection;
using GpuRnn.Kernels.Losses;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>The mean of a loss of single elements; forward and backward are a pair of kernels.</summary>
internal static class ElementLoss
{
    public static readonly (MethodInfo Forward, MethodInfo Backward) Squared = (
        TensorKernels.Method(typeof(MeanSquaredError), nameof(MeanSquaredError.Forward)),
        TensorKernels.Method(typeof(MeanSquaredError), nameof(MeanSquaredError.Backward)));

    public static readonly (MethodInfo Forward, MethodInfo Backward) Absolute = (
        TensorKernels.Method(typeof(MeanAbsoluteError), nameof(MeanAbsoluteError.Forward)),
        TensorKernels.Method(typeof(MeanAbsoluteError), nameof(MeanAbsoluteError.Backward)));

    public static readonly (MethodInfo Forward, MethodInfo Backward) Huber = (
        TensorKernels.Method(typeof(Huber), nameof(Kernels.Losses.Huber.Forward)),
        TensorKernels.Method(typeof(Huber), nameof(Kernels.Losses.Huber.Backward)));

    public static Tensor Forward(
        Tape tape, Tensor prediction, Tensor target, (MethodInfo Forward, MethodInfo Backward) kernels, params object[] settings)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(prediction, "Losses");
        tape.Require(target, "Losses");
        ShapeCheck.RequireSame(prediction, target, "Losses");
        Tensor terms = tape.Allocate(prediction.Length);
        TensorKernels.Launch(tape.Device, kernels.Forward, prediction.Length, [prediction.View, target.View, terms.View, .. settings]);
        Tensor loss = tape.Allocate();
        float factor = 1.0f / prediction.Length;
        TensorKernels.Sum(tape, terms.View, loss.View, factor);
        if (tape.NeedsGradient(prediction))
        {
            tape.Record(new Gradient(prediction, target, loss, factor, kernels.Backward, settings), loss);
        }

        return loss;
    }

    private sealed class Gradient(
        Tensor prediction, Tensor target, Tensor loss, float factor, MethodInfo kernel, object[] settings) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (loss.Gradient is not Tensor upstream)
            {
                return;
            }

            Tensor scale = tape.Allocate();
            scale.CopyFrom(upstream);
            TensorKernels.Scale(tape.Device, scale.View, factor);
            GradientPart part = tape.BeginGradient(prediction);
            object[] arguments = [prediction.View, target.View, scale.View, part.View, .. settings];
            TensorKernels.Launch(tape.Device, kernel, prediction.Length, arguments);
            tape.EndGradient(part);
        }
    }
}
