using System.Reflection;
using System.Runtime.InteropServices;
using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Elementwise;
using GpuRnn.Kernels.Losses;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>The mean cross-entropy of rows of logits; the formula stands on <see cref="SoftmaxCrossEntropy"/>.</summary>
internal static class CrossEntropyLoss
{
    private static readonly MethodInfo s_forward = TensorKernels.Method(typeof(SoftmaxCrossEntropy), nameof(SoftmaxCrossEntropy.Forward));
    private static readonly MethodInfo s_backward = TensorKernels.Method(typeof(SoftmaxCrossEntropy), nameof(SoftmaxCrossEntropy.Backward));
    private static readonly MethodInfo s_divide = TensorKernels.Method(typeof(Divide), nameof(Divide.Forward));

    public static Tensor Forward(Tape tape, Tensor logits, int[] classes, int ignoreIndex)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(classes);
        tape.Require(logits, "Losses.SoftmaxCrossEntropy");
        ShapeCheck.RequireRank(logits, 1, "[N, V]", "Losses.SoftmaxCrossEntropy");
        int width = logits.Shape[^1];
        int rows = width == 0 ? 0 : logits.Length / width;
        RequireClasses(classes, ignoreIndex, rows, width);
        DeviceBuffer<float> memory = tape.Rent(rows);
        memory.CopyFrom(MemoryMarshal.Cast<int, float>(classes));
        ArrayView<int> targets = memory.View.SubView(0, rows).Cast<int>();
        Tensor terms = tape.Allocate(rows);
        Tensor counts = tape.Allocate(rows);
        TensorKernels.Launch(tape.Device, s_forward, rows, logits.View, targets, terms.View, counts.View, width, ignoreIndex);
        Tensor sum = tape.Allocate();
        Tensor count = tape.Allocate();
        TensorKernels.Sum(tape, terms.View, sum.View, 1.0f);
        TensorKernels.Sum(tape, counts.View, count.View, 1.0f);
        Tensor loss = tape.Allocate();
        TensorKernels.Launch(tape.Device, s_divide, 1, sum.View, count.View, loss.View);
        if (tape.NeedsGradient(logits))
        {
            tape.Record(new Gradient(logits, targets, count, loss, rows, width, ignoreIndex), loss);
        }

        return loss;
    }

    private static void RequireClasses(int[] classes, int ignoreIndex, int rows, int width)
    {
        if (classes.Length != rows)
        {
            throw new ShapeException(
                $"Losses.SoftmaxCrossEntropy: {classes.Length} classes arrived, but the logits have {rows} rows of {width}. "
                + "Pass one class for each row.",
                nameof(classes));
        }

        for (int row = 0; row < rows; row++)
        {
            if (classes[row] != ignoreIndex && (uint)classes[row] >= (uint)width)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(classes),
                    $"Losses.SoftmaxCrossEntropy: the class of row {row} is {classes[row]}, but must be 0 to {width - 1}, "
                    + $"or {ignoreIndex} to ignore the row. Number the classes from 0.");
            }
        }
    }

    private sealed class Gradient(
        Tensor logits, ArrayView<int> targets, Tensor count, Tensor loss, int rows, int width, int ignoreIndex) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (loss.Gradient is not Tensor upstream)
            {
                return;
            }

            Tensor scale = tape.Allocate();
            TensorKernels.Launch(tape.Device, s_divide, 1, upstream.View, count.View, scale.View);
            GradientPart part = tape.BeginGradient(logits);
            TensorKernels.Launch(tape.Device, s_backward, rows, logits.View, targets, scale.View, part.View, width, ignoreIndex);
            tape.EndGradient(part);
        }
    }
}
