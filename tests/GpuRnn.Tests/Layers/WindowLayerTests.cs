using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;

namespace GpuRnn.Tests.Layers;

/// <summary>Layers over sliding windows: masks, and what they refuse.</summary>
public sealed class WindowLayerTests : IDisposable
{
    private readonly CpuDevice _device = TestDevice.Open();

    public static TheoryData<string> TimeLayers => ["same", "causal", "strided", "max", "mean", "max padded"];

    public void Dispose()
    {
        _device.Dispose();
    }

    [Theory]
    [MemberData(nameof(TimeLayers))]
    public void LayersOverTime_OfAPaddedBatch_GiveWhatTheSequencesGiveAlone(string kind)
    {
        using Layer layer = TimeLayer(kind);
        using Tape tape = new(_device);
        int[] lengths = [7, 3, 0, 5];
        SequenceMask mask = SequenceMask.FromLengths(7, lengths);
        float[] values = TestDevice.Values(7 * 4 * 2, 3);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = mask.IsPresent(i / 8, i / 2 % 4) ? values[i] : float.NaN;
        }

        using Tensor batch = Tensor.FromArray(_device, values, 7, 4, 2).TrackGradient();
        Tensor output = layer.Forward(tape, batch, mask);
        SequenceMask after = layer.MaskAfter(mask)!;
        Assert.Equal((output.Shape[0], output.Shape[1]), (after.TimeSteps, after.BatchSize));
        Assert.Equal(layer.KeepsTime, ReferenceEquals(mask, after));
        Assert.Equal(lengths.Select(length => length == 0), after.Lengths.ToArray().Select(length => length == 0));
        float[] given = output.ToArray();
        using Tensor upstream = Tensor.FromArray(_device, TestDevice.Values(given.Length, 4), [.. output.Shape]);
        float[] upstreamValues = upstream.ToArray();
        tape.Backward(output, upstream);
        float[] gradient = batch.Gradient!.ToArray();
        int width = given.Length / (after.TimeSteps * 4);

        for (int row = 0; row < 4; row++)
        {
            int length = lengths[row];
            float[] Row(float[] all, int steps, int elements) =>
                [.. Enumerable.Range(0, steps * elements).Select(i => all[(((i / elements * 4) + row) * elements) + (i % elements)])];
            Assert.All(Row(given, after.TimeSteps, width)[(after.Lengths[row] * width)..], value => Assert.Equal(0.0f, value));
            Assert.All(Row(gradient, 7, 2)[(length * 2)..], value => Assert.Equal(0.0f, value));
            if (after.Lengths[row] > 0)
            {
                using Tensor alone = Tensor.FromArray(_device, Row(values, length, 2), length, 1, 2).TrackGradient();
                Tensor single = layer.Forward(tape, alone);
                ToleranceSpec tolerance = Tolerances.Single(12);
                ElementwiseAssert.Close(Wide(single.ToArray()), Row(given, after.Lengths[row], width), tolerance, $"{kind}: output of row {row}");
                using Tensor singleUpstream = Tensor.FromArray(_device, Row(upstreamValues, after.Lengths[row], width), [.. single.Shape]);
                tape.Backward(single, singleUpstream);
                ElementwiseAssert.Close(Wide(alone.Gradient!.ToArray()), Row(gradient, length, 2), tolerance, $"{kind}: gradient of row {row}");
            }
        }
    }

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(2, 0, 4, 1)]
    [InlineData(5, 3, 1, 1)]
    [InlineData(1, 600, 300, 1)]
    [InlineData(3, 2, 2, 5)]
    public void ConvolutionOverTime_OfMoreWindowsThanOnePart_IsTheFormula(int stride, int padding, int dilation, int batchSize)
    {
        // 192 numbers a window: 1,365 windows fill a part.
        const int Channels = 64;
        const int Taps = 3;
        const int Outputs = 2;
        int steps = 1500 * stride / batchSize;
        SlidingWindow window = new(Taps, stride, padding, dilation);
        float[] values = TestDevice.Values(steps * batchSize * Channels, 3);
        float[] weights = TestDevice.Values(Outputs * Channels * Taps, 4);
        using Tape tape = new(_device);
        using Tensor input = Tensor.FromArray(_device, values, steps, batchSize, Channels).TrackGradient();
        using Tensor weight = Tensor.FromArray(_device, weights, Outputs, Channels, Taps).TrackGradient();
        Tensor output = Convolution.Forward(tape, input, weight, null, window);
        int count = window.CountOver(steps);
        Assert.Equal([count, batchSize, Outputs], output.Shape.ToArray());
        float[] upstream = TestDevice.Values(output.Length, 5);
        double[] expected = new double[output.Length];
        double[] inputGradient = new double[values.Length];
        double[] weightGradient = new double[weights.Length];
        for (int i = 0; i < expected.Length; i++)
        {
            (int target, int row, int filter) = (i / Outputs / batchSize, i / Outputs % batchSize, i % Outputs);
            for (int tap = 0; tap < Taps; tap++)
            {
                int step = (target * stride) + (tap * dilation) - padding;
                for (int channel = 0; channel < Channels && step >= 0 && step < steps; channel++)
                {
                    int at = (((step * batchSize) + row) * Channels) + channel;
                    int own = (((filter * Channels) + channel) * Taps) + tap;
                    expected[i] += (double)values[at] * weights[own];
                    inputGradient[at] += (double)upstream[i] * weights[own];
                    weightGradient[own] += (double)upstream[i] * values[at];
                }
            }
        }

        using Tensor given = Tensor.FromArray(_device, upstream, count, batchSize, Outputs);
        tape.Backward(output, given);
        ElementwiseAssert.Close(expected, output.ToArray(), Tolerances.Single(Taps * Channels), "output");
        ElementwiseAssert.Close(inputGradient, input.Gradient!.ToArray(), Tolerances.Single(Taps * Outputs), "gradient of the input");
        ElementwiseAssert.Close(weightGradient, weight.Gradient!.ToArray(), Tolerances.Single(count * batchSize), "gradient of the weight");
    }

    [Fact]
    public void MaxPooling_OfEquals_GivesTheFirstTheGradient()
    {
        using Tape tape = new(_device);
        using Tensor input = Tensor.FromArray(_device, [1.0f, 2.0f, 2.0f], 3, 1, 1).TrackGradient();
        tape.Backward(MaxPooling.Forward(tape, input, new SlidingWindow(3)), tape.Input([5.0f], 1, 1, 1));

        Assert.Equal([0.0f, 5.0f, 0.0f], input.Gradient!.ToArray());
    }

    [Fact]
    public void MaxPooling_OfNaN_GivesNaN_AndItsGradientToIt()
    {
        using Tape tape = new(_device);
        using Tensor input = Tensor.FromArray(_device, [1.0f, float.NaN, 3.0f, 3.0f], 4, 1, 1).TrackGradient();
        Tensor output = MaxPooling.Forward(tape, input, new SlidingWindow(3));
        tape.Backward(output, tape.Input([5.0f, 7.0f], 2, 1, 1));

        Assert.Equal([float.NaN, float.NaN], output.ToArray());
        Assert.Equal([0.0f, 12.0f, 0.0f, 0.0f], input.Gradient!.ToArray());
    }

    /// <summary>An odd position of padding lies behind, as in PyTorch's padding='same'.</summary>
    [Fact]
    public void Windows_ThatKeepTheTime_LieAroundOrInFrontOfTheirStep()
    {
        (SlidingWindow same, SlidingWindow causal) = (SlidingWindow.Same(4), SlidingWindow.Causal(3, dilation: 2));

        Assert.Equal((1, 2, 7), (same.Padding, same.PaddingAfter, same.CountOver(7)));
        Assert.Equal((4, 0, 7), (causal.Padding, causal.PaddingAfter, causal.CountOver(7)));
    }

    [Fact]
    public void Windows_ThatChangeTheTime_RefuseRowsThatBeginLate()
    {
        using Conv1d layer = new(_device, 2, 2, new SlidingWindow(2), new RandomSource(1));
        using Tape tape = new(_device);
        Tensor input = tape.Input(new float[12], 3, 2, 2);

        Assert.Contains("row 0 of the mask has 1 of T=3 steps from step 2 to 2, but windows of size 2", Assert.Throws<ArgumentException>(() => layer.Forward(tape, input, SequenceMask.LeftPadded(3, 1, 3))).Message);
    }

    [Fact]
    public void Convolution_OfOtherShapes_IsRefusedByName()
    {
        using Conv1d time = new(_device, 2, 3, new SlidingWindow(4), new RandomSource(1));
        using Conv2d images = new(_device, 2, 3, new SlidingWindow(4), new RandomSource(1));
        using Tape tape = new(_device);
        Tensor sequence = tape.Input(new float[12], 3, 2, 2);
        Tensor weight = tape.Input(new float[12], 3, 2, 2);

        Refused("[T, B, C] with C=2", () => time.Forward(tape, tape.Input(new float[12], 6, 2)));
        Refused("T=3", () => time.Forward(tape, sequence));
        Refused("[N, H, W, C] with C=2", () => images.Forward(tape, sequence));
        Refused("W=2", () => images.Forward(tape, tape.Input(new float[16], 1, 4, 2, 2)));
        Refused("windows of 3", () => Convolution.Forward(tape, sequence, weight, null, new SlidingWindow(3)));
        Refused("[O=3]", () => Convolution.Forward(tape, sequence, weight, tape.Input(new float[2], 2), new SlidingWindow(2)));
        Refused("[T, B, C]", () => Convolution.Forward(tape, tape.Input(new float[4], 4), weight, null, new SlidingWindow(2)));
        Refused("[N, H, W, C]", () => MeanPooling.Forward(tape, sequence, new SlidingWindow(1), new SlidingWindow(1)));
    }

    [Fact]
    public void Windows_OfImpossibleNumbers_AreRefusedByName()
    {
        RandomSource random = new(1);
        OutOfRange("Size is 0", () => new Conv1d(_device, 1, 1, new SlidingWindow(0), random));
        OutOfRange("Stride is 0", () => new Conv1d(_device, 1, 1, new SlidingWindow(1, 0), random));
        OutOfRange("Padding is -1", () => new Conv2d(_device, 1, 1, new SlidingWindow(1, 1, -1), random));
        OutOfRange("PaddingAfter is -2", () => new MeanPool1d(_device, new SlidingWindow(1) { PaddingAfter = -2 }));
        OutOfRange("Dilation is 0", () => new Conv2d(_device, 1, 1, new SlidingWindow(1, 1, 0, 0), random));
        OutOfRange("Padding is 2", () => new MaxPool2d(_device, new SlidingWindow(2, 1, 2), new SlidingWindow(1)));
        OutOfRange("inputChannels is 0", () => new Conv1d(_device, 0, 1, new SlidingWindow(1), random));
        OutOfRange("outputChannels is 0", () => new Conv2d(_device, 1, 0, new SlidingWindow(1), random));
    }

    [Fact]
    public void MaxPooling_OfTapsThatAllMissTheInput_IsRefused()
    {
        // Two taps 4 apart around two positions: the middle windows have one on either side.
        MaxPool1d layer = new(_device, new SlidingWindow(2, 1, 4, 4));
        using Tape tape = Tape.Inference(_device);
        OutOfRange("window 2 of 6 over 2 positions reads padding alone", () => layer.Forward(tape, tape.Input(new float[2], 2, 1, 1)));
        Assert.Equal([3.0f, 1.0f, 2.0f, 5.0f, 3.0f, 1.0f, 2.0f, 5.0f], layer.Forward(tape, tape.Input([3.0f, 1.0f, 2.0f, 5.0f], 4, 1, 1)).ToArray());
    }

    /// <summary>Of a window that reads absent steps alone nothing is the largest, though it belongs to a row: it held −∞ before.</summary>
    [Fact]
    public void MaxPooling_OfTapsThatMissARowOfTheMask_IsRefused()
    {
        using MaxPool1d layer = new(_device, new SlidingWindow(2, 2, 1, 2));
        using Tape tape = Tape.Inference(_device);
        Tensor input = tape.Input(new float[8], 4, 2, 1);

        string message = Assert.Throws<ArgumentException>(() => layer.Forward(tape, input, SequenceMask.FromLengths(4, 4, 1))).Message;
        Assert.Contains("window 0 of row 1, which has 1 steps, reads absent steps alone (taps 2 apart)", message);
    }

    private static void Refused(string words, Action action) => Assert.Contains(words, Assert.Throws<ShapeException>(action).Message);

    private static void OutOfRange(string words, Func<object> make) => Assert.Contains(words, Assert.Throws<ArgumentOutOfRangeException>(make).Message);

    private static double[] Wide(float[] values) => Array.ConvertAll(values, value => (double)value);

    private Layer TimeLayer(string kind) => kind switch
    {
        "same" => new Conv1d(_device, 2, 3, SlidingWindow.Same(3), new RandomSource(1)),
        "causal" => new Conv1d(_device, 2, 3, SlidingWindow.Causal(2, 2), new RandomSource(1)),
        "strided" => new Conv1d(_device, 2, 3, new SlidingWindow(3, 2, 1), new RandomSource(1)),
        "max" => new MaxPool1d(_device, 2),
        "mean" => new MeanPool1d(_device, new SlidingWindow(2, 2, 1)),
        _ => new MaxPool1d(_device, new SlidingWindow(3, 1, 1)),
    };
}
