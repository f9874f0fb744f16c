using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>A convolution over time with learned filters (Waibel et al. 1989): PyTorch's Conv1d, "weight" and "bias", but time first.</summary>
/// <remarks>
/// Sequences are [T, B, C] as everywhere in the library; the weights keep PyTorch's shape [outputs, channels, taps]. Absent steps count as padding, so that
/// a padded batch gives what its sequences give alone. <see cref="SlidingWindow.Causal"/> lets no step see a later one.
/// </remarks>
public sealed class Conv1d : Layer
{
    private readonly FilterBank _filters;

    /// <summary>Draws weight and then bias uniformly from ±1/√(channels · taps), as PyTorch does.</summary>
    /// <param name="device">Where the parameters lie.</param>
    /// <param name="inputChannels">C, at least 1.</param>
    /// <param name="outputChannels">Filters, at least 1.</param>
    /// <param name="window">How windows lie along the time.</param>
    /// <param name="random">Decides the initial weights.</param>
    /// <param name="hasBias">False leaves the bias out.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1, or a padding below 0.</exception>
    public Conv1d(Device device, int inputChannels, int outputChannels, SlidingWindow window, RandomSource random, bool hasBias = true)
        : base(device)
    {
        ArgumentNullException.ThrowIfNull(window);
        window.Require(nameof(Conv1d));
        Window = window;
        _filters = new FilterBank(device, nameof(Conv1d), inputChannels, outputChannels, [window.Size], random, hasBias);
    }

    /// <summary>How windows lie along the time.</summary>
    public SlidingWindow Window { get; }

    /// <summary>C of the input.</summary>
    public int InputChannels => _filters.InputChannels;

    /// <summary>C of the output.</summary>
    public int OutputChannels => _filters.OutputChannels;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _filters.Parameters;

    /// <inheritdoc/>
    public override bool KeepsTime => TimeWindows.KeepTime(Window);

    /// <summary>Convolves every sequence.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">[T, B, inputChannels].</param>
    /// <returns>[T', B, outputChannels].</returns>
    /// <exception cref="ShapeException">The input is no such, or not one window fits.</exception>
    public override Tensor Forward(Tape tape, Tensor input) => Forward(tape, input, mask: null);

    /// <summary>Convolves sequences of which some steps are absent: zeros for their neighbours, and zeros in the output.</summary>
    /// <inheritdoc/>
    public override Tensor Forward(Tape tape, Tensor input, SequenceMask? mask)
    {
        ArgumentNullException.ThrowIfNull(input);
        _filters.RequireChannels(input, 3, "[T, B, C]", "Conv1d.Forward");
        return TimeWindows.Forward(
            tape, input, mask, Window, "Conv1d.Forward", x => Convolution.Forward(tape, x, _filters.Weight, _filters.Bias, Window));
    }

    /// <inheritdoc/>
    public override SequenceMask? MaskAfter(SequenceMask? mask) => TimeWindows.MaskAfter(mask, Window, "Conv1d.Forward");
}
