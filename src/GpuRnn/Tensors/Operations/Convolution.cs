using GpuRnn.Devices;
using GpuRnn.KernelModel;

namespace GpuRnn.Tensors.Operations;

/// <summary>The convolution of images or sequences with learned filters (LeCun et al. 1989): cross-correlation, as in PyTorch.</summary>
/// <remarks>
/// y[p, o] = b[o] + Σ over taps k and channels c of W[o, c, k] · x[p · stride + k · dilation − padding, c], with x = 0 in the padding. Windows are laid
/// out as rows, some images or some lines of one image at a time, and multiplied with the weights; the backward pass lays them out again instead of
/// keeping them.
/// </remarks>
public static class Convolution
{
    /// <summary>Convolves over time.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">[T, B, C].</param>
    /// <param name="weight">[O, C, K], as PyTorch's Conv1d has it.</param>
    /// <param name="bias">[O]; null for none.</param>
    /// <param name="window">How windows lie along the time; its size is K.</param>
    /// <returns>[T', B, O].</returns>
    /// <exception cref="ShapeException">The axes disagree, or not one window fits.</exception>
    public static Tensor Forward(Tape tape, Tensor input, Tensor weight, Tensor? bias, SlidingWindow window)
    {
        const string Where = "Convolution.Forward";
        Require(tape, input, weight, bias, Where);
        ArgumentNullException.ThrowIfNull(window);
        window.Require(Where);
        WindowGrid grid = WindowGrid.OverTime(input, window, Where);
        RequireWeight(weight, bias, [weight.Rank > 0 ? weight.Shape[0] : 0, grid.Channels, window.Size], "[O, C, K]", Where);
        return Run(tape, input, weight, bias, grid);
    }

    /// <summary>Convolves images.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">[N, H, W, C]: channels last.</param>
    /// <param name="weight">[O, C, rows, columns], as PyTorch's Conv2d has it.</param>
    /// <param name="bias">[O]; null for none.</param>
    /// <param name="rows">How windows lie along H.</param>
    /// <param name="columns">How windows lie along W.</param>
    /// <returns>[N, H', W', O].</returns>
    /// <exception cref="ShapeException">The axes disagree, or not one window fits.</exception>
    public static Tensor Forward(Tape tape, Tensor input, Tensor weight, Tensor? bias, SlidingWindow rows, SlidingWindow columns)
    {
        const string Where = "Convolution.Forward";
        Require(tape, input, weight, bias, Where);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(columns);
        rows.Require(Where);
        columns.Require(Where);
        WindowGrid grid = WindowGrid.OverImages(input, rows, columns, Where);
        RequireWeight(weight, bias, [weight.Rank > 0 ? weight.Shape[0] : 0, grid.Channels, rows.Size, columns.Size], "[O, C, rows, columns]", Where);
        return Run(tape, input, weight, bias, grid);
    }

    private static void Require(Tape tape, Tensor input, Tensor weight, Tensor? bias, string where)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(input, where);
        tape.Require(weight, where);
        if (bias is not null)
        {
            tape.Require(bias, where);
        }
    }

    private static void RequireWeight(Tensor weight, Tensor? bias, int[] needed, string letters, string where)
    {
        if (!weight.Shape.SequenceEqual(needed))
        {
            throw new ShapeException(
                $"{where}: weight is {Tensor.Describe(weight.Shape)}, but {letters} with C={needed[1]} of the input and windows of "
                + $"{string.Join(" by ", needed[2..])} is needed. Pass weights and windows that fit the input.");
        }

        if (bias is not null && (bias.Rank != 1 || bias.Shape[0] != needed[0]))
        {
            throw new ShapeException($"{where}: bias is {Tensor.Describe(bias.Shape)}, but [O={needed[0]}] is needed. Pass one for each row of the weight.");
        }
    }

    private static Tensor Run(Tape tape, Tensor input, Tensor weight, Tensor? bias, WindowGrid grid)
    {
        int outputs = weight.Shape[0];
        WindowProducts work = new(tape, grid, input, InPatchOrder(tape, weight, grid), outputs);
        Tensor result = tape.Allocate(grid.ResultShape(input, outputs));
        work.Forward(tape, bias?.View ?? default, result);
        if (tape.NeedsGradient(input, weight) || (bias is not null && tape.NeedsGradient(bias)))
        {
            tape.Record(new Gradient(work, input, weight, bias, result), result);
        }

        return result;
    }

    // A row of patches runs over taps and within them over channels, a row of PyTorch's weights over channels and within them over taps.
    private static bool HasPatchOrder(WindowGrid grid) => grid.Taps == 1 || grid.Channels == 1;

    private static ArrayView<float> InPatchOrder(Tape tape, Tensor weight, WindowGrid grid)
    {
        if (HasPatchOrder(grid) || weight.Length == 0)
        {
            return weight.View;
        }

        ArrayView<float> ordered = tape.Rent(weight.Length).View.SubView(0, weight.Length);
        AxisSwap.Run(tape.Device, weight.View, ordered, weight.Shape[0], grid.Channels, grid.Taps, 1);
        return ordered;
    }

    private sealed class Gradient(WindowProducts work, Tensor input, Tensor weight, Tensor? bias, Tensor result) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is not Tensor upstream)
            {
                return;
            }

            if (weight.NeedsGradient)
            {
                AddWeightGradient(tape, upstream);
            }

            if (input.NeedsGradient)
            {
                GradientPart part = tape.BeginGradient(input);
                work.SetInputGradient(tape, upstream, part.View);
                tape.EndGradient(part);
            }

            if (bias is not null && bias.NeedsGradient)
            {
                TensorKernels.AddColumnSums(tape, upstream.View, tape.GradientOf(bias).View, upstream.Length / Math.Max(1, weight.Shape[0]), weight.Shape[0]);
            }
        }

        private void AddWeightGradient(Tape tape, Tensor upstream)
        {
            WindowGrid grid = work.Grid;
            if (HasPatchOrder(grid) || weight.Length == 0)
            {
                work.AddWeightGradient(tape, upstream, tape.GradientOf(weight).View);
                return;
            }

            ArrayView<float> ordered = tape.Rent(weight.Length).View.SubView(0, weight.Length);
            TensorKernels.Fill(tape.Device, ordered, 0.0f);
            work.AddWeightGradient(tape, upstream, ordered);
            GradientPart part = tape.BeginGradient(weight);
            AxisSwap.Run(tape.Device, ordered, part.View, weight.Shape[0], grid.Taps, grid.Channels, 1);
            tape.EndGradient(part);
        }
    }
}
