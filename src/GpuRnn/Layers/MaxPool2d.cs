using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>The largest element of each window of an image (PyTorch's MaxPool2d, but channels last): [N, H, W, C] becomes [N, H', W', C].</summary>
public sealed class MaxPool2d : Layer
{
    /// <summary>Has no parameters.</summary>
    /// <param name="device">Where inputs lie.</param>
    /// <param name="rows">How windows lie along H.</param>
    /// <param name="columns">How windows lie along W.</param>
    /// <exception cref="ArgumentOutOfRangeException">The windows are impossible.</exception>
    public MaxPool2d(Device device, SlidingWindow rows, SlidingWindow columns)
        : base(device)
    {
        MaxPooling.Require(rows);
        MaxPooling.Require(columns);
        Rows = rows;
        Columns = columns;
    }

    /// <summary>Square windows side by side.</summary>
    /// <param name="device">Where inputs lie.</param>
    /// <param name="size">Rows and columns of a window, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1.</exception>
    public MaxPool2d(Device device, int size)
        : this(device, SlidingWindow.SideBySide(size), SlidingWindow.SideBySide(size))
    {
    }

    /// <summary>How windows lie along H.</summary>
    public SlidingWindow Rows { get; }

    /// <summary>How windows lie along W.</summary>
    public SlidingWindow Columns { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [];

    /// <summary>False: images have no time axis; <see cref="TimeDistributed"/> gives them one.</summary>
    public override bool KeepsTime => false;

    /// <summary>Pools every image.</summary>
    /// <exception cref="ShapeException">The input has not four axes, or not one window fits.</exception>
    public override Tensor Forward(Tape tape, Tensor input) => MaxPooling.Forward(tape, input, Rows, Columns);
}
