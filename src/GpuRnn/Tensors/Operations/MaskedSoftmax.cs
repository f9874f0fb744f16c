using System.Reflection;
using GpuRnn.Devices;
using GpuRnn.Kernels.Reductions;

namespace GpuRnn.Tensors.Operations;

/// <summary>The softmax over the steps of a sequence that are present; the weights of the others are exactly 0.</summary>
public static class MaskedSoftmax
{
    private static readonly MethodInfo s_forward =
        TensorKernels.Method(typeof(Kernels.Reductions.MaskedSoftmax), nameof(Kernels.Reductions.MaskedSoftmax.Forward));

    private static readonly MethodInfo s_backward = TensorKernels.Method(typeof(RowSoftmax), nameof(RowSoftmax.Backward));

    /// <summary>Turns the scores of every step against all steps of another sequence into weights.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="scores">[T, B, S].</param>
    /// <param name="present">[S, B], 0 where a sequence has no such step; receives no gradient.</param>
    /// <returns>[T, B, S]; a row adds up to 1, or to 0 where no step is present.</returns>
    /// <exception cref="ShapeException">The shapes are no such.</exception>
    public static Tensor Forward(Tape tape, Tensor scores, Tensor present)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(scores, "MaskedSoftmax.Forward");
        tape.Require(present, "MaskedSoftmax.Forward");
        if (scores.Rank != 3 || present.Rank != 2 || present.Shape[0] != scores.Shape[2] || present.Shape[1] != scores.Shape[1])
        {
            throw new ShapeException(
                $"MaskedSoftmax.Forward: the scores are {Tensor.Describe(scores.Shape)} and the mask {Tensor.Describe(present.Shape)}, but [T, B, S] and [S, B] "
                + "are needed. Pass one number for each step of each sequence.");
        }

        int batchSize = scores.Shape[1];
        int s = scores.Shape[2];
        int rows = scores.Shape[0] * batchSize;
        Tensor result = tape.Allocate([.. scores.Shape]);
        TensorKernels.Launch(tape.Device, s_forward, rows, scores.View, present.View, result.View, batchSize, s);
        if (tape.NeedsGradient(scores))
        {
            tape.Record(new Gradient(scores, result, rows, s), result);
        }

        return result;
    }

    private sealed class Gradient(Tensor scores, Tensor result, int rows, int s) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is Tensor upstream)
            {
                GradientPart part = tape.BeginGradient(scores);
                TensorKernels.Launch(tape.Device, s_backward, rows, result.View, upstream.View, part.View, s);
                tape.EndGradient(part);
            }
        }
    }
}
