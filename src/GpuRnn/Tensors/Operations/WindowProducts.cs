using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Windows;

namespace GpuRnn.Tensors.Operations;

/// <summary>The products of one convolution, over as many images, or lines of one image, at a time as fit.</summary>
/// <remarks>A sequence is one image whose lines are its time steps (<see cref="WindowGrid"/>), so a long one goes in parts, too.</remarks>
internal sealed class WindowProducts
{
    // One mebibyte of windows stays in a core's second-level cache between its kernel and its product; a GPU wants fewer, larger launches.
    private const int ProcessorPatchFloats = 1 << 18;
    private const int GpuPatchFloats = 1 << 24;

    // A launch over windows counts them along its second axis, where CUDA takes 65,535 groups.
    private const int GpuWindows = 1 << 18;

    private readonly WindowGrid _grid;
    private readonly Tensor _input;
    private readonly ArrayView<float> _weight;
    private readonly int _outputs;
    private readonly int _depth;
    private readonly int _runColumns;
    private readonly int _reach;
    private readonly int _imagesAtOnce;
    private readonly int _linesAtOnce;
    private readonly ArrayView<float> _patches;

    public WindowProducts(Tape tape, WindowGrid grid, Tensor input, ArrayView<float> weight, int outputs)
    {
        (_grid, _input, _weight, _outputs) = (grid, input, weight, outputs);
        _depth = grid.Taps * grid.Channels;
        _runColumns = grid.Columns.TapStep == 1 ? grid.Columns.Taps : 1;
        _reach = (grid.Rows.Taps - 1) * grid.Rows.TapStep;
        long lines = Math.Max(1L, MostWindows(tape.Device.Kind) / Math.Max(1, grid.Columns.TargetCount));
        _imagesAtOnce = (int)Math.Clamp(lines / Math.Max(1, grid.Rows.TargetCount), 1, Math.Max(1, grid.Images));

        // At least so many that in the backward pass no more lines belong to two parts than to one.
        _linesAtOnce = (int)Math.Min(Math.Max(lines, (2 * _reach / grid.Rows.Step) + 1), grid.Rows.TargetCount);
        int length = ShapeCheck.Length([_imagesAtOnce, _linesAtOnce, grid.Columns.TargetCount, _depth], "Convolution.Forward");
        _patches = grid.IsIdentity || length == 0 ? default : tape.Rent(length).View.SubView(0, length);
    }

    public WindowGrid Grid => _grid;

    public void Forward(Tape tape, ArrayView<float> bias, Tensor result)
    {
        foreach (Part part in Parts())
        {
            ArrayView<float> target = result.View.SubView(part.FirstWindow * _outputs, part.Windows * _outputs);
            Products.Multiply(tape, Windows(tape, part), false, _depth, _weight, true, _depth, target, part.Windows, _outputs, _depth, false, bias);
        }
    }

    /// <summary>dW = dyᵀ · windows, in the order of patches.</summary>
    public void AddWeightGradient(Tape tape, Tensor upstream, ArrayView<float> target)
    {
        foreach (Part part in Parts())
        {
            ArrayView<float> own = upstream.View.SubView(part.FirstWindow * _outputs, part.Windows * _outputs);
            Products.Multiply(tape, own, true, _outputs, Windows(tape, part), false, _depth, target, _outputs, _depth, part.Windows, accumulate: true);
        }
    }

    /// <summary>dx = what the windows of dy · W add up to at each position.</summary>
    public void SetInputGradient(Tape tape, Tensor upstream, ArrayView<float> target)
    {
        foreach (Part part in PartsOfPositions())
        {
            int length = part.Images * part.Rows.SourceCount * _grid.Columns.SourceCount * _grid.Channels;
            ArrayView<float> positions = target.SubView(part.FirstPosition * _grid.Channels, length);
            ArrayView<float> own = upstream.View.SubView(part.FirstWindow * _outputs, part.Windows * _outputs);
            ArrayView<float> windows = _grid.IsIdentity ? positions : _patches.SubView(0, part.Windows * _depth);
            if (part.Windows > 0)
            {
                Products.Multiply(tape, own, false, _outputs, _weight, false, _depth, windows, part.Windows, _depth, _outputs, false);
            }

            if (!_grid.IsIdentity)
            {
                (_grid with { Rows = part.Rows }).SumBack(tape.Device, windows, positions, part.Images, isForEachTap: true, 1.0f);
            }
        }
    }

    private long MostWindows(DeviceKind device)
    {
        if (_grid.IsIdentity)
        {
            // The windows are the input itself: nothing is laid out, so one product does.
            return long.MaxValue;
        }

        return device == DeviceKind.Cpu ? ProcessorPatchFloats / Math.Max(1, _depth) : Math.Min(GpuPatchFloats / Math.Max(1, _depth), GpuWindows);
    }

    private IEnumerable<Part> Parts()
    {
        (WindowAxis rows, int columns) = (_grid.Rows, _grid.Columns.TargetCount);
        for (int image = 0; image < _grid.Images && _grid.WindowsOfImage > 0; image += _imagesAtOnce)
        {
            int images = Math.Min(_imagesAtOnce, _grid.Images - image);
            for (int line = 0; line < rows.TargetCount; line += _linesAtOnce)
            {
                int lines = Math.Min(_linesAtOnce, rows.TargetCount - line);
                yield return new Part(
                    images, image * _grid.PositionsOfImage, ((image * rows.TargetCount) + line) * columns, images * lines * columns,
                    rows.Part(line, lines, 0, rows.SourceCount));
            }
        }
    }

    // Lines of positions in a row, and all windows that read one of them: those at the edges belong to two parts.
    private IEnumerable<Part> PartsOfPositions()
    {
        (WindowAxis rows, int columns) = (_grid.Rows, _grid.Columns.TargetCount);
        bool isWhole = _linesAtOnce == rows.TargetCount;
        int sourcesAtOnce = isWhole ? rows.SourceCount : (_linesAtOnce * rows.Step) - _reach;
        for (int image = 0; image < _grid.Images && _grid.PositionsOfImage > 0; image += _imagesAtOnce)
        {
            int images = Math.Min(_imagesAtOnce, _grid.Images - image);
            for (int source = 0; source < rows.SourceCount; source += sourcesAtOnce)
            {
                int sources = Math.Min(sourcesAtOnce, rows.SourceCount - source);
                int first = isWhole ? 0 : Math.Max(0, (source + rows.Offset - _reach + rows.Step - 1) / rows.Step);
                int end = isWhole ? rows.TargetCount : Math.Min(rows.TargetCount, ((source + sources - 1 + rows.Offset) / rows.Step) + 1);
                int lines = Math.Max(0, end - first);
                yield return new Part(
                    images, (image * _grid.PositionsOfImage) + (source * _grid.Columns.SourceCount), ((image * rows.TargetCount) + first) * columns,
                    images * lines * columns, rows.Part(first, lines, source, sources));
            }
        }
    }

    private ArrayView<float> Windows(Tape tape, Part part)
    {
        if (_grid.IsIdentity || _depth == 0)
        {
            return _input.View.SubView(part.FirstWindow * _grid.Channels, part.Windows * _grid.Channels);
        }

        int length = part.Images * _grid.PositionsOfImage * _grid.Channels;
        ArrayView<float> images = _input.View.SubView(part.FirstPosition * _grid.Channels, length);
        ArrayView<float> patches = _patches.SubView(0, part.Windows * _depth);
        WindowLaunch.LayOut(tape.Device, images, patches, part.Windows, part.Rows, _grid.Columns, _grid.Channels, _runColumns);
        return patches;
    }

    /// <summary>What one product computes.</summary>
    /// <param name="Images">Images; one where it is some of an image's lines.</param>
    /// <param name="FirstPosition">The first position that <paramref name="Rows"/> counts, of all images.</param>
    /// <param name="FirstWindow">The first window, of all images.</param>
    /// <param name="Windows">Windows.</param>
    /// <param name="Rows">The part of the lines.</param>
    private readonly record struct Part(int Images, int FirstPosition, int FirstWindow, int Windows, WindowAxis Rows);
}
