using System.Reflection;
using System.Runtime.InteropServices;
using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Losses;
using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Training;

/// <summary>Connectionist temporal classification: labels without places in time; the formula stands on <see cref="ConnectionistTemporal"/>.</summary>
/// <remarks>
/// Takes logits, not log probabilities: the softmax is part of it, which costs no more and loses nothing. Values and gradients are those of
/// PyTorch's <c>ctc_loss(log_softmax(logits), …)</c>. Memory: T·S·B numbers twice, with S twice the longest row of labels plus one.
/// </remarks>
public static class CtcLoss
{
    private static readonly MethodInfo s_normalise = TensorKernels.Method(typeof(ConnectionistTemporal), nameof(ConnectionistTemporal.Normalise));
    private static readonly MethodInfo s_forward = TensorKernels.Method(typeof(ConnectionistTemporal), nameof(ConnectionistTemporal.Forward));
    private static readonly MethodInfo s_backward = TensorKernels.Method(typeof(ConnectionistTemporal), nameof(ConnectionistTemporal.Backward));
    private static readonly MethodInfo s_gradient = TensorKernels.Method(typeof(ConnectionistTemporal), nameof(ConnectionistTemporal.Gradient));

    /// <summary>The mean over rows of the loss divided by the row's number of labels (at least 1), as PyTorch's reduction "mean".</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="logits">[T, B, V]; one of the V classes is the blank.</param>
    /// <param name="labels">The labels of each row, without blanks; a row may have none.</param>
    /// <param name="mask">The steps of each row; all when null.</param>
    /// <param name="options">Blank 0 and no zeroing of infinities when null.</param>
    /// <exception cref="ShapeException">The logits have not three axes, or there are not as many rows of labels.</exception>
    /// <exception cref="ArgumentException">A label is no class or is the blank, or the mask leaves out a step before the end.</exception>
    public static Tensor Forward(
        Tape tape, Tensor logits, IReadOnlyList<int[]> labels, SequenceMask? mask = null, CtcOptions? options = null)
    {
        Tensor rows = Rows(tape, logits, labels, mask, options);
        float[] weights = [.. labels.Select(row => 1.0f / (Math.Max(1, row.Length) * labels.Count))];
        return Sum.Forward(tape, Multiply.Forward(tape, rows, tape.Input(weights, weights.Length)));
    }

    /// <summary>The same for a batch that carries its labels, as a <see cref="TrainerOptions.Loss"/>.</summary>
    /// <exception cref="ArgumentException">The batch is no <see cref="LabelledBatch"/>.</exception>
    public static Tensor Forward(Tape tape, Tensor prediction, Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return batch is LabelledBatch labelled
            ? Forward(tape, prediction, labelled.Labels, batch.Mask)
            : throw new ArgumentException(
                $"CtcLoss.Forward: the batch is a {batch.GetType().Name}, but labels without places are needed. Pass a {nameof(LabelledBatch)}.",
                nameof(batch));
    }

    /// <summary>−log of the probability of each row's labels.</summary>
    /// <returns>[B].</returns>
    /// <inheritdoc cref="Forward(Tape, Tensor, IReadOnlyList{int[]}, SequenceMask, CtcOptions)"/>
    public static Tensor Rows(
        Tape tape, Tensor logits, IReadOnlyList<int[]> labels, SequenceMask? mask = null, CtcOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(labels);
        tape.Require(logits, "CtcLoss");
        ShapeCheck.RequireAxes(logits, 3, "[T, B, V]", "CtcLoss");
        options ??= new CtcOptions();
        (int timeSteps, int batchSize, int classCount) = (logits.Shape[0], logits.Shape[1], logits.Shape[2]);
        CtcStates states = CtcStates.Build(labels, mask, timeSteps, batchSize, classCount, options.Blank);
        ArrayView<int> layout = UploadIntegers(tape, states.Layout);
        Call call = new(
            logits,
            tape.Allocate(timeSteps, batchSize),
            layout.SubView(0, states.StateCount * batchSize),
            layout.SubView(states.StateCount * batchSize, 2 * batchSize),
            tape.Allocate(timeSteps, states.StateCount, batchSize),
            tape.Allocate(batchSize),
            states.StateCount);
        TensorKernels.Launch(tape.Device, s_normalise, timeSteps * batchSize, logits.View, call.Normalisers.View, classCount);
        TensorKernels.Launch(
            tape.Device, s_forward, batchSize, logits.View, call.Normalisers.View, Dense(call.Labels), Dense(call.Extents),
            call.Alpha.View, call.Losses.View, timeSteps, batchSize, classCount, call.StateCount);
        Tensor result = options.ZeroInfinity ? WithoutInfinities(tape, call.Losses) : call.Losses;
        if (tape.NeedsGradient(logits))
        {
            tape.Record(new Gradient(call, result, options.ZeroInfinity), result);
        }

        return result;
    }

    // A row of B numbers comes to the host: far less than a kernel of its own costs.
    private static Tensor WithoutInfinities(Tape tape, Tensor losses)
    {
        float[] values = Array.ConvertAll(losses.ToArray(), loss => float.IsPositiveInfinity(loss) ? 0.0f : loss);
        Tensor result = tape.Allocate(values.Length);
        result.CopyFrom(values);
        return result;
    }

    private static ArrayView<int> UploadIntegers(Tape tape, int[] values)
    {
        DeviceBuffer<float> memory = tape.Rent(values.Length);
        memory.CopyFrom(MemoryMarshal.Cast<int, float>(values));
        return memory.View.SubView(0, values.Length).Cast<int>();
    }

    private static ArrayView1D<int, Stride1D.Dense> Dense(ArrayView<int> view) => view;

    /// <summary>What the passes over one batch share.</summary>
    private sealed record Call(
        Tensor Logits, Tensor Normalisers, ArrayView<int> Labels, ArrayView<int> Extents, Tensor Alpha, Tensor Losses, int StateCount);

    private sealed class Gradient(Call call, Tensor result, bool zeroInfinity) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is not Tensor upstream)
            {
                return;
            }

            (int timeSteps, int batchSize, int classCount) = (call.Logits.Shape[0], call.Logits.Shape[1], call.Logits.Shape[2]);
            Tensor beta = tape.Allocate(2, call.StateCount, batchSize);
            Tensor posteriors = tape.Allocate(timeSteps, call.StateCount, batchSize);
            TensorKernels.Launch(
                tape.Device, s_backward, batchSize, call.Logits.View, call.Normalisers.View, Dense(call.Labels), Dense(call.Extents),
                call.Alpha.View, call.Losses.View, beta.View, posteriors.View, timeSteps, batchSize, classCount, call.StateCount);
            GradientPart part = tape.BeginGradient(call.Logits);
            TensorKernels.Launch(
                tape.Device, s_gradient, timeSteps * batchSize, call.Logits.View, call.Normalisers.View, Dense(call.Labels), Dense(call.Extents),
                posteriors.View, call.Losses.View, upstream.View, part.View, batchSize, classCount, call.StateCount, zeroInfinity ? 1 : 0);
            tape.EndGradient(part);
        }
    }
}
