using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Tests.Layers;

/// <summary>Masks on their way through layers.</summary>
public sealed class LayerTests : IDisposable
{
    private readonly Device _device = DeviceCatalog.Open("cpu");

    public void Dispose()
    {
        _device.Dispose();
    }

    [Fact]
    public void Sequential_HandsTheMaskOn_UntilALayerDoesNotKeepTime()
    {
        using Probe first = new(_device, keepsTime: true);
        using Probe second = new(_device, keepsTime: false);
        using Probe third = new(_device, keepsTime: true);
        using Sequential model = new(first, second, third);
        using Tape tape = new(_device);
        SequenceMask mask = SequenceMask.FromLengths(3, 1, 3);

        model.Forward(tape, tape.Input(new float[6], 3, 2, 1), mask);

        Assert.Same(mask, first.Mask);
        Assert.Same(mask, second.Mask);
        Assert.Null(third.Mask);
        Assert.False(model.KeepsTime);
    }

    [Fact]
    public void LastStep_WithLengths_TakesTheLastStepOfEachRow()
    {
        using LastStep layer = new(_device);
        using FirstAndLastStep both = new(_device);
        using Tape tape = new(_device);
        float[] values = [.. Enumerable.Range(0, 12).Select(i => (float)i)];
        SequenceMask mask = SequenceMask.FromLengths(3, 1, 3);

        Assert.Equal([0.0f, 1.0f, 10.0f, 11.0f], layer.Forward(tape, tape.Input(values, 3, 2, 2), mask).ToArray());
        Assert.Equal(
            [0.0f, 1.0f, 0.0f, 1.0f, 10.0f, 11.0f, 2.0f, 3.0f], both.Forward(tape, tape.Input(values, 3, 2, 2), mask).ToArray());
        SequenceMask gaps = SequenceMask.FromFlags(3, 2, [false, true, true, false, true, false]);
        Assert.Equal([8.0f, 9.0f, 2.0f, 3.0f], layer.Forward(tape, tape.Input(values, 3, 2, 2), gaps).ToArray());
        Assert.Equal([8.0f, 9.0f, 4.0f, 5.0f, 2.0f, 3.0f, 2.0f, 3.0f], both.Forward(tape, tape.Input(values, 3, 2, 2), gaps).ToArray());
    }

    [Fact]
    public void Mask_OfOtherAxesOrLengths_IsRefused()
    {
        using LastStep layer = new(_device);
        using Tape tape = new(_device);
        Tensor input = tape.Input(new float[12], 3, 2, 2);

        Assert.Contains("[T=3, B=3, …]", Assert.Throws<ShapeException>(() => layer.Forward(tape, input, SequenceMask.FromLengths(3, 1, 2, 3))).Message);
        Assert.Contains("row 1", Assert.Throws<ArgumentException>(() => layer.Forward(tape, input, SequenceMask.FromLengths(3, 1, 0))).Message);
        Assert.Contains("row 1 is 4", Assert.Throws<ArgumentException>(() => SequenceMask.FromLengths(3, 1, 4)).Message);
    }

    private sealed class Probe(Device device, bool keepsTime) : Layer(device)
    {
        public SequenceMask? Mask { get; private set; }

        public override bool KeepsTime => keepsTime;

        public override IReadOnlyList<Parameter> Parameters => [];

        public override Tensor Forward(Tape tape, Tensor input)
        {
            return input;
        }

        public override Tensor Forward(Tape tape, Tensor input, SequenceMask? mask)
        {
            Mask = mask;
            return input;
        }
    }
}
