using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;

namespace GpuRnn.Tests.Layers;

public sealed class RecurrentTests : IDisposable
{
    private readonly Device _device = DeviceCatalog.Open("cpu");

    public void Dispose()
    {
        _device.Dispose();
    }

    [Fact]
    public void Forward_WithBatchFirst_IsTheSameWithAxesExchanged()
    {
        using Recurrent timeFirst = Build(batchFirst: false);
        using Recurrent batchFirst = Build(batchFirst: true);
        using Tape tape = new(_device);
        using Tensor input = Tensor.FromArray(_device, TestDevice.Values(5 * 2 * 3, 4), 2, 5, 3).TrackGradient();
        using Tensor swapped = SwapTimeAndBatch.Forward(tape, input).Detach().TrackGradient();
        Tensor expected = SwapTimeAndBatch.Forward(tape, timeFirst.Forward(tape, swapped).Output);
        Tensor actual = batchFirst.Forward(tape, input).Output;
        Assert.Equal([2, 5, 4], actual.Shape.ToArray());
        ElementwiseAssert.SameBits(expected.ToArray(), actual.ToArray(), "output");
        tape.Backward(Sum.Forward(tape, Add.Forward(tape, Multiply.Forward(tape, actual, actual), Multiply.Forward(tape, expected, expected))));
        Tensor back = SwapTimeAndBatch.Forward(tape, swapped.Gradient!);
        ElementwiseAssert.SameBits(back.ToArray(), input.Gradient!.ToArray(), "input gradient");
    }

    [Fact]
    public void Forward_InTwoChunksWithCarriedState_GivesTheWholeSequence()
    {
        using Recurrent layer = Build(batchFirst: false);
        using Tape tape = Tape.Inference(_device);
        using Tensor input = Tensor.FromArray(_device, TestDevice.Values(6 * 2 * 3, 4), 6, 2, 3);
        float[] whole = layer.Forward(tape, input).Output.ToArray();
        RecurrentResult first = layer.Forward(tape, SliceTime.Forward(tape, input, 0, 4));
        float[] head = first.Output.ToArray();
        using RecurrentState carried = first.State.Detach();
        tape.Reset();
        float[] tail = layer.Forward(tape, SliceTime.Forward(tape, input, 4, 2), carried).Output.ToArray();
        ElementwiseAssert.Close(whole, [.. head, .. tail], Tolerances.Single(7, 6, 4.0), "output");
    }

    [Fact]
    public void Forward_TwiceOnOneTapeBeforeBackward_KeepsBothPasses()
    {
        using Recurrent layer = Build(batchFirst: false);
        float[] values = TestDevice.Values(6 * 2 * 3, 4);
        using Tensor first = Tensor.FromArray(_device, values, 6, 2, 3).TrackGradient();
        using Tensor second = Tensor.FromArray(_device, TestDevice.Values(6 * 2 * 3, 5), 6, 2, 3).TrackGradient();
        using Tape tape = new(_device);
        tape.Backward(Sum.Forward(tape, layer.Forward(tape, first).Output));
        float[] alone = first.Gradient!.ToArray();
        first.Gradient.Clear();
        Tensor one = Sum.Forward(tape, layer.Forward(tape, first).Output);
        Tensor two = Sum.Forward(tape, layer.Forward(tape, second).Output);
        tape.Backward(Add.Forward(tape, one, two));
        ElementwiseAssert.SameBits(alone, first.Gradient.ToArray(), "gradient of the first pass");
        Assert.NotEqual(alone, second.Gradient!.ToArray());
    }

    [Fact]
    public void Passes_OfSeenShapes_AllocateNothingOnTheDevice()
    {
        using Recurrent layer = Build(batchFirst: false);
        using Tape tape = new(_device);
        using Tape inference = Tape.Inference(_device);
        long bytes = 0;
        for (int pass = 0; pass < 6; pass++)
        {
            int batchSize = pass % 2 == 0 ? 4 : 3;
            Tensor input = tape.Input(TestDevice.Values(5 * batchSize * 3, 4), 5, batchSize, 3);
            tape.Backward(Sum.Forward(tape, layer.Forward(tape, input).Output));
            tape.Reset();
            layer.Forward(inference, inference.Input(TestDevice.Values(5 * batchSize * 3, 4), 5, batchSize, 3));
            inference.Reset();
            bytes = pass == 1 ? _device.AllocatedBytes : bytes;
        }

        Assert.Equal(bytes, _device.AllocatedBytes);
    }

    [Fact]
    public void Dropout_BetweenLayers_ActsInTrainingAloneAndContinuesAfterALoad()
    {
        RecurrentOptions options = new() { InputSize = 3, HiddenSize = 8, LayerCount = 2, Dropout = 0.5f };
        using Recurrent layer = new(_device, Cells.Lstm, options, new RandomSource(1));
        using Tape tape = Tape.Inference(_device);
        using Tensor input = Tensor.FromArray(_device, TestDevice.Values(4 * 2 * 3, 4), 4, 2, 3);
        SavedState state = new();
        layer.SaveState(state);
        float[] first = layer.Forward(tape, input).Output.ToArray();
        float[] second = layer.Forward(tape, input).Output.ToArray();
        layer.LoadState(state);
        float[] again = layer.Forward(tape, input).Output.ToArray();
        layer.Evaluate();
        float[] plain = layer.Forward(tape, input).Output.ToArray();
        float[] plainAgain = layer.Forward(tape, input).Output.ToArray();
        Assert.NotEqual(first, second);
        ElementwiseAssert.SameBits(first, again, "after a load");
        Assert.NotEqual(first, plain);
        ElementwiseAssert.SameBits(plain, plainAgain, "in evaluation");
    }

    [Fact]
    public void Forward_WrongInputSize_NamesBothSizes()
    {
        using Recurrent layer = Build(batchFirst: false);
        using Tape tape = new(_device);
        using Tensor input = Tensor.Zeros(_device, 3, 2, 5);
        ShapeException error = Assert.Throws<ShapeException>(() => layer.Forward(tape, input));
        Assert.Contains("[T=3, B=2, I=5]", error.Message);
        Assert.Contains("inputSize 3", error.Message);
    }

    [Fact]
    public void Forward_WithoutTheCellState_NamesTheStates()
    {
        using Recurrent layer = Build(batchFirst: false);
        using Tape tape = new(_device);
        using Tensor input = Tensor.Zeros(_device, 3, 2, 3);
        using RecurrentState initial = new(Tensor.Zeros(_device, 1, 2, 4));
        Assert.Contains("h, c", Assert.Throws<ShapeException>(() => layer.Forward(tape, input, initial)).Message);
    }

    [Fact]
    public void Constructor_HiddenSizeZero_IsRefused()
    {
        RecurrentOptions options = new() { InputSize = 3, HiddenSize = 0 };
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(
            () => new Recurrent(_device, Cells.Lstm, options, new RandomSource(1)));
        Assert.Contains("HiddenSize is 0", error.Message);
    }

    [Fact]
    public void DescribePlan_NamesCellAndSchedule()
    {
        using Recurrent layer = Build(batchFirst: false);
        Assert.Contains("no pass yet", layer.DescribePlan());
        Assert.Contains("T=64 B=32", layer.DescribePlan(64, 32, needsGradient: true));
    }

    private Recurrent Build(bool batchFirst)
    {
        RecurrentOptions options = new() { InputSize = 3, HiddenSize = 4, BatchFirst = batchFirst };
        return new Recurrent(_device, Cells.Lstm, options, new RandomSource(7));
    }
}
