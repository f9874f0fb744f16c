using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Windows;

namespace GpuRnn.Tensors.Operations;

/// <summary>Windows over images whose channels lie innermost, and over sequences: time is the rows of one image whose columns are the batch.</summary>
/// <param name="Images">Images.</param>
/// <param name="Rows">How windows lie along the rows.</param>
/// <param name="Columns">How windows lie along the columns.</param>
/// <param name="Channels">Numbers at each position.</param>
internal sealed record WindowGrid(int Images, WindowAxis Rows, WindowAxis Columns, int Channels)
{
    /// <summary>Taps of a window.</summary>
    public int Taps => Rows.Taps * Columns.Taps;

    /// <summary>Windows of an image.</summary>
    public int WindowsOfImage => Rows.TargetCount * Columns.TargetCount;

    /// <summary>Positions of an image.</summary>
    public int PositionsOfImage => Rows.SourceCount * Columns.SourceCount;

    /// <summary>True where each window reads the one position at its own place.</summary>
    public bool IsIdentity => Taps == 1 && WindowsOfImage == PositionsOfImage && Rows is { Step: 1, Offset: 0 } && Columns is { Step: 1, Offset: 0 };

    /// <summary>Windows over [N, H, W, C].</summary>
    public static WindowGrid OverImages(Tensor input, SlidingWindow rows, SlidingWindow columns, string where)
    {
        if (input.Rank != 4)
        {
            throw new ShapeException($"{where}: input is {Tensor.Describe(input.Shape)}, but must be [N, H, W, C]: images with their channels last. Reshape it.");
        }

        ReadOnlySpan<int> shape = input.Shape;
        return new WindowGrid(shape[0], rows.Over(shape[1], "H", where), columns.Over(shape[2], "W", where), shape[3]);
    }

    /// <summary>Windows over the time of [T, B, C].</summary>
    public static WindowGrid OverTime(Tensor input, SlidingWindow window, string where)
    {
        if (input.Rank != 3)
        {
            throw new ShapeException($"{where}: input is {Tensor.Describe(input.Shape)}, but must be [T, B, C]: time first, channels last. Reshape it.");
        }

        ReadOnlySpan<int> shape = input.Shape;
        WindowAxis batch = new() { SourceCount = shape[1], TargetCount = shape[1], Taps = 1, Step = 1, TapStep = 1, Divisor = 1 };
        return new WindowGrid(1, window.Over(shape[0], "T", where), batch, shape[2]);
    }

    /// <summary>The shape of what has so many channels at each window, with as many axes as the input.</summary>
    public int[] ResultShape(Tensor input, int channels) => input.Rank == 4
        ? [Images, Rows.TargetCount, Columns.TargetCount, channels]
        : [Rows.TargetCount, Columns.TargetCount, channels];

    /// <summary>target = factor · sums over the windows of source.</summary>
    public void Sum(Device device, ArrayView<float> source, ArrayView<float> target, float factor) =>
        WindowLaunch.Sum(device, source, target, Images * WindowsOfImage, Rows, Columns, Channels, Channels, 0, factor);

    /// <summary>target at each position = factor · the sum of what the windows that read it hold.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="source">[windows, channels], or with <paramref name="isForEachTap"/> [windows, taps, channels].</param>
    /// <param name="target">[positions, channels]; set.</param>
    /// <param name="images">How many of the images.</param>
    /// <param name="isForEachTap">True where a window holds numbers for each of its taps.</param>
    /// <param name="factor">Of the sums.</param>
    public void SumBack(Device device, ArrayView<float> source, ArrayView<float> target, int images, bool isForEachTap, float factor) => WindowLaunch.Sum(
        device,
        source,
        target,
        images * PositionsOfImage,
        Rows.Turned,
        Columns.Turned,
        Channels,
        isForEachTap ? Taps * Channels : Channels,
        isForEachTap ? Channels : 0,
        factor);
}
