using System.Reflection;
using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Losses;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>The mean negative log-likelihood of a predicted normal distribution; the formula stands on <see cref="GaussianLikelihood"/>.</summary>
internal static class GaussianLoss
{
    private const string Where = "Losses.GaussianNegativeLogLikelihood";

    private static readonly MethodInfo s_kernel = TensorKernels.Method(typeof(GaussianLikelihood), nameof(GaussianLikelihood.Forward));

    // log(2π) / 2.
    private static readonly float s_constant = (float)(0.5 * Math.Log(2.0 * Math.PI));

    public static Tensor Forward(Tape tape, Tensor prediction, Tensor target, float[]? weights, bool withConstant)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(prediction, Where);
        tape.Require(target, Where);
        RequireHalves(prediction, target);
        TargetWeights form = TargetWeights.Of(weights, target, needsColumns: true, Where);
        Tensor terms = tape.Allocate(target.Length);
        Tensor? gradient = tape.NeedsGradient(prediction) ? tape.Allocate([.. prediction.Shape]) : null;
        TensorKernels.Launch(
            tape.Device,
            s_kernel,
            new Index2D(form.Columns, form.Rows),
            prediction.View,
            target.View,
            TargetWeights.Upload(tape, weights, target.View),
            terms.View,
            gradient?.View ?? terms.View,
            form.Columns,
            form.Form,
            gradient is null ? 0 : 1,
            withConstant ? s_constant : 0.0f,
            (float)(1.0 / form.Sum));
        return MeanLoss.Finish(tape, prediction, terms, gradient, form.Sum);
    }

    private static void RequireHalves(Tensor prediction, Tensor target)
    {
        bool fits = prediction.Rank == target.Rank && target.Rank > 0
            && prediction.Shape[..^1].SequenceEqual(target.Shape[..^1]) && prediction.Shape[^1] == 2 * target.Shape[^1];
        if (!fits)
        {
            throw new ShapeException(
                $"{Where}: the prediction is {Tensor.Describe(prediction.Shape)} and the target {Tensor.Describe(target.Shape)}, but the last axis of the "
                + "prediction must hold a mean and then a log-variance for each target. Let the model give twice as many numbers as there are targets.");
        }
    }
}
