using System.Globalization;
using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Bench;

/// <summary>Convolutions over time and over images: a forward pass, and one with both gradients behind it.</summary>
/// <remarks><c>convolutions [DEVICE]</c>. The conformance suite holds the results; PyTorch's times are those of <c>bench/peers/cpu/convolutions.py</c>.</remarks>
internal static class ConvolutionTimes
{
    /// <summary>The argument that chooses this benchmark.</summary>
    internal const string Verb = "convolutions";

    internal static int Run(string[] arguments)
    {
        using Device device = DeviceCatalog.Open(arguments.Length > 0 ? arguments[0] : "cpu");
        Console.WriteLine(MachineLine.Text());
        Console.WriteLine("| convolution | forward, ms | GFLOP/s | with backward, ms |\n|---|---:|---:|---:|");
        SlidingWindow three = SlidingWindow.Same(3);
        OverTime(device, 1000, 8, 64, 64, 5);
        OverTime(device, 20_000, 1, 32, 32, 3);
        OverImages(device, 100, 28, 1, 16, three);
        OverImages(device, 32, 32, 16, 32, three);
        OverImages(device, 8, 56, 64, 64, three);
        OverImages(device, 1, 224, 3, 32, new SlidingWindow(3, 2, 1));
        return 0;
    }

    private static void OverTime(Device device, int steps, int rows, int channels, int filters, int taps)
    {
        using Conv1d layer = new(device, channels, filters, SlidingWindow.Same(taps), new RandomSource(1));
        Line($"[T={steps}, B={rows}, C={channels}], {filters} filters of {taps} steps", layer, [steps, rows, channels], channels * taps);
    }

    private static void OverImages(Device device, int images, int side, int channels, int filters, SlidingWindow window)
    {
        using Conv2d layer = new(device, channels, filters, window, new RandomSource(1));
        string stride = window.Stride > 1 ? $", stride {window.Stride}" : string.Empty;
        Line(
            $"[N={images}, H={side}, W={side}, C={channels}], {filters} filters of {window.Size} by {window.Size}{stride}",
            layer, [images, side, side, channels], channels * window.Size * window.Size);
    }

    private static void Line(string name, Layer layer, int[] shape, int depth)
    {
        RandomSource random = new(2);
        float[] values = [.. Enumerable.Range(0, shape.Aggregate((a, b) => a * b)).Select(_ => random.NextUniform(-1.0f, 1.0f))];
        using Tensor input = Tensor.FromArray(layer.Device, values, shape).TrackGradient();
        using Tape tape = new(layer.Device);
        Tensor output = layer.Forward(tape, input);
        double operations = 2.0 * output.Length * depth;
        using Tensor upstream = Tensor.FromArray(layer.Device, new float[output.Length], [.. output.Shape]);
        tape.Reset();
        double[] times = Turns.Medians(
        [
            () =>
            {
                layer.Forward(tape, input);
                layer.Device.DefaultStream.Synchronize();
                tape.Reset();
            },
            () =>
            {
                tape.Backward(layer.Forward(tape, input), upstream);
                layer.Device.DefaultStream.Synchronize();
            },
        ]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {times[0]:F3} | {operations / times[0] / 1e6:F0} | {times[1]:F3} |"));
    }
}
