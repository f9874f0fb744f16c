using System.Reflection;
using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Windows;

namespace GpuRnn.Tensors.Operations;

/// <summary>The convolution of images or sequences with learned filters (LeCun et al. 1989): cross-correlation, as in PyTorch.</summary>
/// <remarks>
/// y[p, o] = b[o] + Σ over taps k and channels c of W[o, c, k] · x[p · stride + k · dilation − padding, c], with x = 0 in the padding. Windows are laid
/// out as rows, some images at a time, and multiplied with the weights; the backward pass lays them out again instead of keeping them.
/// </remarks>
public static class Convolution
{
    // One mebibyte of windows stays in a core's second-level cache between its kernel and its product; a GPU wants fewer, larger launches.
    private const int ProcessorPatchFloats = 1 << 18;
    private const int GpuPatchFloats = 1 << 24;
    private const int GpuPatchRuns = 1 << 18;

    private static readonly MethodInfo s_patches = TensorKernels.Method(typeof(Patches), nameof(Patches.Forward));

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
        Work work = new(tape, grid, input, InPatchOrder(tape, weight, grid), outputs);
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

    /// <summary>The products of one convolution, over as many images at a time as fit.</summary>
    private sealed class Work
    {
        private readonly WindowGrid _grid;
        private readonly Tensor _input;
        private readonly ArrayView<float> _weight;
        private readonly int _outputs;
        private readonly int _depth;
        private readonly int _runColumns;
        private readonly int _imagesAtOnce;
        private readonly ArrayView<float> _patches;

        public Work(Tape tape, WindowGrid grid, Tensor input, ArrayView<float> weight, int outputs)
        {
            (_grid, _input, _weight, _outputs) = (grid, input, weight, outputs);
            _depth = grid.Taps * grid.Channels;
            _runColumns = grid.Columns.TapStep == 1 ? grid.Columns.Taps : 1;
            bool isProcessor = tape.Device.Kind == DeviceKind.Cpu;
            long floats = Math.Max(1L, (long)grid.WindowsOfImage * _depth);
            long runs = Math.Max(1L, (long)grid.WindowsOfImage * grid.Taps / _runColumns);
            long most = isProcessor ? ProcessorPatchFloats / floats : Math.Min(GpuPatchFloats / floats, GpuPatchRuns / runs);
            _imagesAtOnce = (int)Math.Clamp(most, 1, Math.Max(1, grid.Images));
            int length = ShapeCheck.Length([_imagesAtOnce, grid.WindowsOfImage, _depth], "Convolution.Forward");
            _patches = grid.IsIdentity || length == 0 ? default : tape.Rent(length).View.SubView(0, length);
        }

        public WindowGrid Grid => _grid;

        public void Forward(Tape tape, ArrayView<float> bias, Tensor result)
        {
            foreach ((int first, int count) in Parts())
            {
                int rows = count * _grid.WindowsOfImage;
                ArrayView<float> target = Part(result.View, first, count, _grid.WindowsOfImage * _outputs);
                Products.Multiply(tape, Windows(tape, first, count), false, _depth, _weight, true, _depth, target, rows, _outputs, _depth, false, bias);
            }
        }

        // dW = dyᵀ · windows, in the order of patches.
        public void AddWeightGradient(Tape tape, Tensor upstream, ArrayView<float> target)
        {
            foreach ((int first, int count) in Parts())
            {
                int rows = count * _grid.WindowsOfImage;
                ArrayView<float> part = Part(upstream.View, first, count, _grid.WindowsOfImage * _outputs);
                Products.Multiply(tape, part, true, _outputs, Windows(tape, first, count), false, _depth, target, _outputs, _depth, rows, accumulate: true);
            }
        }

        // dx = what the windows of dy · W add up to at each position.
        public void SetInputGradient(Tape tape, Tensor upstream, ArrayView<float> target)
        {
            foreach ((int first, int count) in Parts())
            {
                int rows = count * _grid.WindowsOfImage;
                int length = _grid.PositionsOfImage * _grid.Channels;
                ArrayView<float> part = Part(upstream.View, first, count, _grid.WindowsOfImage * _outputs);
                ArrayView<float> windows = _grid.IsIdentity ? Part(target, first, count, length) : _patches.SubView(0, rows * _depth);
                Products.Multiply(tape, part, false, _outputs, _weight, false, _depth, windows, rows, _depth, _outputs, false);
                if (!_grid.IsIdentity)
                {
                    _grid.SumBack(tape.Device, windows, Part(target, first, count, length), count, isForEachTap: true, 1.0f);
                }
            }
        }

        private IEnumerable<(int First, int Count)> Parts()
        {
            for (int first = 0; first < _grid.Images && _grid.WindowsOfImage > 0; first += _imagesAtOnce)
            {
                yield return (first, Math.Min(_imagesAtOnce, _grid.Images - first));
            }
        }

        private ArrayView<float> Windows(Tape tape, int first, int count)
        {
            ArrayView<float> images = Part(_input.View, first, count, _grid.PositionsOfImage * _grid.Channels);
            if (_grid.IsIdentity || _depth == 0)
            {
                return images;
            }

            int windows = count * _grid.WindowsOfImage;
            ArrayView<float> patches = _patches.SubView(0, windows * _depth);
            TensorKernels.LaunchRows(
                tape.Device,
                s_patches,
                windows * _grid.Taps / _runColumns,
                _runColumns * _grid.Channels,
                images,
                patches,
                _grid.Rows,
                _grid.Columns,
                _grid.Channels,
                _runColumns);
            return patches;
        }

        private static ArrayView<float> Part(ArrayView<float> view, int first, int count, int length) => view.SubView(first * length, count * length);
    }

    private sealed class Gradient(Work work, Tensor input, Tensor weight, Tensor? bias, Tensor result) : TapeOperation
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
