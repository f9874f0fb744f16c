using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>The mean of each window, padding counted as zeros over time (PyTorch's AvgPool1d, but time first): [T, B, C] becomes [T', B, C].</summary>
/// <remarks>Absent steps count as padding. To pool a whole sequence to one step, take <see cref="MeanOverTime"/>.</remarks>
public sealed class MeanPool1d : Layer
{
    /// <summary>Has no parameters.</summary>
    /// <param name="device">Where inputs lie.</param>
    /// <param name="window">How windows lie along the time.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is impossible.</exception>
    public MeanPool1d(Device device, SlidingWindow window)
        : base(device)
    {
        MeanPooling.Require(window);
        Window = window;
    }

    /// <summary>Windows side by side.</summary>
    /// <param name="device">Where inputs lie.</param>
    /// <param name="size">Steps of a window, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1.</exception>
    public MeanPool1d(Device device, int size)
        : this(device, SlidingWindow.SideBySide(size))
    {
    }

    /// <summary>How windows lie along the time.</summary>
    public SlidingWindow Window { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [];

    /// <inheritdoc/>
    public override bool KeepsTime => TimeWindows.KeepTime(Window);

    /// <summary>Pools every sequence.</summary>
    /// <exception cref="ShapeException">The input has not three axes, or not one window fits.</exception>
    public override Tensor Forward(Tape tape, Tensor input) => Forward(tape, input, mask: null);

    /// <summary>Pools sequences of which some steps are absent.</summary>
    /// <inheritdoc/>
    public override Tensor Forward(Tape tape, Tensor input, SequenceMask? mask)
    {
        ArgumentNullException.ThrowIfNull(input);
        return TimeWindows.Forward(tape, input, mask, Window, "MeanPool1d.Forward", x => MeanPooling.Forward(tape, x, Window));
    }

    /// <inheritdoc/>
    public override SequenceMask? MaskAfter(SequenceMask? mask) => TimeWindows.MaskAfter(mask, Window, "MeanPool1d.Forward");
}
