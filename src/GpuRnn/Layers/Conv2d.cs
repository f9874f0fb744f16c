using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>A convolution of images with learned filters (LeCun et al. 1989): PyTorch's Conv2d, "weight" and "bias", but channels last.</summary>
/// <remarks>
/// Images are [N, H, W, C], because a window's numbers then lie together for the product with the weights; the weights keep PyTorch's shape
/// [outputs, channels, rows, columns], so that files go back and forth as they are. The formula stands on <see cref="Convolution"/>.
/// </remarks>
public sealed class Conv2d : Layer
{
    private readonly FilterBank _filters;

    /// <summary>Draws weight and then bias uniformly from ±1/√(channels · taps), as PyTorch does.</summary>
    /// <param name="device">Where the parameters lie.</param>
    /// <param name="inputChannels">C, at least 1.</param>
    /// <param name="outputChannels">Filters, at least 1.</param>
    /// <param name="rows">How windows lie along H.</param>
    /// <param name="columns">How windows lie along W.</param>
    /// <param name="random">Decides the initial weights.</param>
    /// <param name="hasBias">False leaves the bias out.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1, or a padding below 0.</exception>
    public Conv2d(
        Device device, int inputChannels, int outputChannels, SlidingWindow rows, SlidingWindow columns, RandomSource random, bool hasBias = true)
        : base(device)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(columns);
        rows.Require(nameof(Conv2d));
        columns.Require(nameof(Conv2d));
        Rows = rows;
        Columns = columns;
        _filters = new FilterBank(device, nameof(Conv2d), inputChannels, outputChannels, [rows.Size, columns.Size], random, hasBias);
    }

    /// <summary>The same window along both axes.</summary>
    /// <inheritdoc cref="Conv2d(Device, int, int, SlidingWindow, SlidingWindow, RandomSource, bool)"/>
    public Conv2d(Device device, int inputChannels, int outputChannels, SlidingWindow window, RandomSource random, bool hasBias = true)
        : this(device, inputChannels, outputChannels, window, window, random, hasBias)
    {
    }

    /// <summary>How windows lie along H.</summary>
    public SlidingWindow Rows { get; }

    /// <summary>How windows lie along W.</summary>
    public SlidingWindow Columns { get; }

    /// <summary>C of the input.</summary>
    public int InputChannels => _filters.InputChannels;

    /// <summary>C of the output.</summary>
    public int OutputChannels => _filters.OutputChannels;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _filters.Parameters;

    /// <summary>False: images have no time axis; <see cref="TimeDistributed"/> gives them one.</summary>
    public override bool KeepsTime => false;

    /// <summary>Convolves every image.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">[N, H, W, inputChannels].</param>
    /// <returns>[N, H', W', outputChannels].</returns>
    /// <exception cref="ShapeException">The input is no such, or not one window fits.</exception>
    public override Tensor Forward(Tape tape, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _filters.RequireChannels(input, 4, "[N, H, W, C]", "Conv2d.Forward");
        return Convolution.Forward(tape, input, _filters.Weight, _filters.Bias, Rows, Columns);
    }
}
