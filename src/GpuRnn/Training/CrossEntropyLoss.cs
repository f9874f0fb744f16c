using System.Runtime.InteropServices;
using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Losses;
using GpuRnn.Scheduling;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>The mean cross-entropy of rows of logits; the formula stands on <see cref="SoftmaxCrossEntropy"/>.</summary>
internal static class CrossEntropyLoss
{
    private const string Where = "Losses.SoftmaxCrossEntropy";

    public static Tensor Forward(
        Tape tape, Tensor logits, int[] classes, int ignoreIndex, float smoothing, float[]? classWeights, float[]? weights)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(classes);
        tape.Require(logits, Where);
        ShapeCheck.RequireRank(logits, 1, "[N, V]", Where);
        ArgumentCheck.NotNegative(smoothing, Where, nameof(smoothing), "a share such as 0.1");
        ArgumentCheck.Below(smoothing, 1.0f, Where, nameof(smoothing), "a share such as 0.1");
        int width = logits.Shape[^1];
        int rows = width == 0 ? 0 : logits.Length / width;
        RequireClasses(classes, ignoreIndex, rows, width);
        RequireWeights(classWeights, width, "class weights", "classes");
        RequireWeights(weights, rows, "weights", "rows");
        double sum = WeightSum(classes, ignoreIndex, classWeights, weights);
        DeviceBuffer<float> memory = tape.Rent(rows);
        memory.CopyFrom(MemoryMarshal.Cast<int, float>(classes));
        Tensor terms = tape.Allocate(rows);
        Tensor? gradient = tape.NeedsGradient(logits) ? tape.Allocate([.. logits.Shape]) : null;
        TensorKernels.Launch(
            tape.Device,
            SoftmaxCrossEntropy.FormFor(width, DeviceTiles.Lanes(tape.Device) > 1),
            rows,
            logits.View,
            memory.View.SubView(0, rows).Cast<int>(),
            TargetWeights.Upload(tape, weights, logits.View),
            TargetWeights.Upload(tape, classWeights, logits.View),
            terms.View,
            gradient?.View ?? terms.View,
            width,
            ignoreIndex,
            weights is null ? 0 : 1,
            classWeights is null ? 0 : 1,
            gradient is null ? 0 : 1,
            smoothing,
            (float)(1.0 / sum));
        return MeanLoss.Finish(tape, logits, terms, gradient, sum);
    }

    private static double WeightSum(int[] classes, int ignoreIndex, float[]? classWeights, float[]? weights)
    {
        double sum = 0.0;
        for (int row = 0; row < classes.Length; row++)
        {
            if (classes[row] != ignoreIndex)
            {
                sum += (weights is null ? 1.0 : weights[row]) * (classWeights is null ? 1.0 : classWeights[classes[row]]);
            }
        }

        return sum;
    }

    private static void RequireWeights(float[]? weights, int count, string what, string ofWhat)
    {
        if (weights is null)
        {
            return;
        }

        if (weights.Length != count)
        {
            throw new ShapeException(
                $"{Where}: {weights.Length} {what} arrived, but there are {count} {ofWhat}. Pass one for each, or null for all the same.",
                nameof(weights));
        }

        TargetWeights.Add(weights, Where);
    }

    private static void RequireClasses(int[] classes, int ignoreIndex, int rows, int width)
    {
        if (classes.Length != rows)
        {
            throw new ShapeException(
                $"{Where}: {classes.Length} classes arrived, but the logits have {rows} rows of {width}. Pass one class for each row.",
                nameof(classes));
        }

        for (int row = 0; row < rows; row++)
        {
            if (classes[row] != ignoreIndex && (uint)classes[row] >= (uint)width)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(classes),
                    $"{Where}: the class of row {row} is {classes[row]}, but must be 0 to {width - 1}, "
                    + $"or {ignoreIndex} to ignore the row. Number the classes from 0.");
            }
        }
    }
}
