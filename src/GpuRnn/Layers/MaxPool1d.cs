using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>The largest element of each window over time (PyTorch's MaxPool1d, but time first): [T, B, C] becomes [T', B, C].</summary>
/// <remarks>Absent steps are never chosen. To pool a whole sequence to one step, take <see cref="MaxOverTime"/>.</remarks>
public sealed class MaxPool1d : Layer
{
    /// <summary>Has no parameters.</summary>
    /// <param name="device">Where inputs lie.</param>
    /// <param name="window">How windows lie along the time.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is impossible.</exception>
    public MaxPool1d(Device device, SlidingWindow window)
        : base(device)
    {
        MaxPooling.Require(window);
        Window = window;
    }

    /// <summary>Windows side by side.</summary>
    /// <param name="device">Where inputs lie.</param>
    /// <param name="size">Steps of a window, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1.</exception>
    public MaxPool1d(Device device, int size)
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
    /// <exception cref="ArgumentException">Taps lie apart, and those of a window meet absent steps alone, of which nothing is the largest.</exception>
    public override Tensor Forward(Tape tape, Tensor input, SequenceMask? mask)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (mask is null)
        {
            return MaxPooling.Forward(tape, input, Window);
        }

        // Below every number, absent steps are chosen only where all steps of a window are absent: such a window is cleared, or refused.
        SequenceMask after = TimeWindows.MaskAfter(mask, Window, "MaxPool1d.Forward")!;
        mask.Require(input, "MaxPool1d.Forward");
        RequireTaps(mask, after);
        Tensor lowered = PresentSteps.Lower(tape, input, mask, "MaxPool1d.Forward");
        return PresentSteps.Clear(tape, MaxPooling.Forward(tape, lowered, Window), after, "MaxPool1d.Forward");
    }

    /// <inheritdoc/>
    public override SequenceMask? MaskAfter(SequenceMask? mask) => TimeWindows.MaskAfter(mask, Window, "MaxPool1d.Forward");

    // Taps side by side meet a step wherever a window belongs to one.
    private void RequireTaps(SequenceMask mask, SequenceMask after)
    {
        for (int place = 0; Window.Dilation > 1 && place < after.TimeSteps * after.BatchSize; place++)
        {
            (int window, int row) = (place / after.BatchSize, place % after.BatchSize);
            if (after.IsPresent(window, row) && !HasTap(mask, window, row))
            {
                throw new ArgumentException(
                    $"MaxPool1d.Forward: window {window} of row {row}, which has {mask.Lengths[row]} steps, reads absent steps alone (taps {Window.Dilation} apart), "
                    + "but must read one that is there. Lower the dilation, or leave the row out of the batch.",
                    nameof(mask));
            }
        }
    }

    private bool HasTap(SequenceMask mask, int window, int row)
    {
        for (int tap = 0; tap < Window.Size; tap++)
        {
            int step = (window * Window.Stride) + (tap * Window.Dilation) - Window.Padding;
            if (step >= 0 && step < mask.TimeSteps && mask.IsPresent(step, row))
            {
                return true;
            }
        }

        return false;
    }
}
