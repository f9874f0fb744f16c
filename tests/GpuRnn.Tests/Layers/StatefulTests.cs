using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Cells.Amendments;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;

namespace GpuRnn.Tests.Layers;

/// <summary>Layers that go on where their last pass ended.</summary>
public sealed class StatefulTests : IDisposable
{
    private const int InputSize = 3;
    private const int HiddenSize = 5;

    private readonly Device _device = TestDevice.Open();

    public void Dispose()
    {
        _device.Dispose();
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("gru")]
    public void Passes_OneAfterAnother_GiveWhatOnePassGives(string cell)
    {
        using Recurrent whole = Build(cell, isStateful: false);
        using Recurrent stateful = Build(cell, isStateful: true);
        using Tape tape = Tape.Inference(_device);
        float[] values = TestDevice.Values(7 * 2 * InputSize, 3);
        float[] expected = whole.Forward(tape, tape.Input(values, 7, 2, InputSize)).Output.ToArray();
        List<float> actual = [];
        for (int round = 0; round < 2; round++)
        {
            actual.Clear();
            foreach ((int start, int count) in new[] { (0, 3), (3, 1), (4, 3) })
            {
                actual.AddRange(stateful.Forward(tape, Steps(tape, values, start, count)).Output.ToArray());
                tape.Reset();
            }

            ElementwiseAssert.Close(expected, [.. actual], Tolerances.Single(InputSize + HiddenSize, 14), $"outputs of round {round}");
            stateful.ResetState();
        }
    }

    [Fact]
    public void Gradients_FlowBackWithinAPassOfTheTape_AndEndWhereItBegins()
    {
        using Recurrent whole = Build("lstm", isStateful: false);
        using Recurrent stateful = Build("lstm", isStateful: true);
        float[] values = TestDevice.Values(4 * 2 * InputSize, 3);
        float[] expected = Gradient(values, (tape, input) => SliceTime.Forward(tape, whole.Forward(tape, input).Output, 2, 2), reset: false);
        float[] together = Gradient(values, (tape, input) => InTwo(stateful, tape, input, reset: false), reset: false);
        stateful.ResetState();
        float[] apart = Gradient(values, (tape, input) => InTwo(stateful, tape, input, reset: true), reset: true);

        int half = values.Length / 2;
        ElementwiseAssert.Close(expected, together, Tolerances.Single(4 * HiddenSize, 8, 4.0), "gradient of the input");
        Assert.Contains(together[..half], gradient => gradient != 0.0f);
        Assert.All(apart[..half], gradient => Assert.Equal(0.0f, gradient));
        Assert.Contains(apart[half..], gradient => gradient != 0.0f);
    }

    [Fact]
    public void Gradients_FlowBackToARunThatStartedFromGivenStates()
    {
        using Recurrent layer = Build("lstm", isStateful: true);
        using Tape inference = Tape.Inference(_device);
        float[] values = TestDevice.Values(4 * 2 * InputSize, 3);
        using RecurrentState start = layer.Forward(inference, Steps(inference, values, 0, 2)).State.Detach();
        float[] gradient = Gradient(
            values,
            (tape, input) =>
            {
                layer.Forward(tape, SliceTime.Forward(tape, input, 0, 2), start);
                return layer.Forward(tape, SliceTime.Forward(tape, input, 2, 2)).Output;
            },
            reset: false);

        Assert.Contains(gradient[..(gradient.Length / 2)], one => one != 0.0f);
    }

    [Fact]
    public void ResetState_OfSomeRows_BeginsThoseAnewAndNoOthers()
    {
        using Recurrent layer = Build("gru", isStateful: true);
        using Tape tape = Tape.Inference(_device);
        float[] values = TestDevice.Values(4 * 2 * InputSize, 3);
        float[] fresh = layer.Forward(tape, Steps(tape, values, 2, 2)).Output.ToArray();
        layer.ResetState();
        tape.Reset();
        float[] Second(bool[] rows)
        {
            layer.Forward(tape, Steps(tape, values, 0, 2));
            tape.Reset();
            layer.ResetState(rows);
            float[] output = layer.Forward(tape, Steps(tape, values, 2, 2)).Output.ToArray();
            tape.Reset();
            layer.ResetState();
            return output;
        }

        float[] carried = Second([false, false]);
        float[] mixed = Second([false, true]);
        int width = layer.OutputSize;
        for (int row = 0; row < 4; row++)
        {
            float[] expected = row % 2 == 0 ? carried : fresh;
            ElementwiseAssert.SameBits(
                expected[(row * width)..((row + 1) * width)], mixed[(row * width)..((row + 1) * width)], $"row {row % 2} of step {row / 2}");
        }

        Assert.NotEqual(carried[..width], fresh[..width]);
    }

    [Fact]
    public void ResetState_OfOtherRowsBeforeTheNextPass_BeginsBothAnew_AndThePassAfterNone()
    {
        using Recurrent layer = Build("gru", isStateful: true);
        using Tape tape = Tape.Inference(_device);
        float[] values = TestDevice.Values(3 * InputSize, 3);
        float[] Pass()
        {
            float[] output = layer.Forward(tape, tape.Input(values, 1, 3, InputSize)).Output.ToArray();
            tape.Reset();
            return output;
        }

        (float[] first, float[] second, float[] third) = (Pass(), Pass(), Pass());
        layer.ResetState();
        Pass();
        layer.ResetState([true, false, false]);
        layer.ResetState([false, false, true]);
        (float[] mixed, float[] after) = (Pass(), Pass());
        int width = layer.OutputSize;

        Assert.Equal([.. first[..width], .. second[width..(2 * width)], .. first[(2 * width)..]], mixed);
        Assert.Equal([.. second[..width], .. third[width..(2 * width)], .. second[(2 * width)..]], after);
    }

    [Fact]
    public void Step_OneByOne_GivesTheWholeSequenceAndAllocatesNothingOnTheDevice()
    {
        RandomSource random = new(7);
        RecurrentOptions options = new() { InputSize = InputSize, HiddenSize = HiddenSize, LayerCount = 2, IsStateful = true };
        using Sequential model = new(new Recurrent(_device, Cells.Lstm, options, random), new Dense(_device, HiddenSize, 2, random));
        using Tape tape = Tape.Inference(_device);
        float[] values = TestDevice.Values(6 * 2 * InputSize, 3);
        model.ResetState();
        float[] expected = model.Forward(tape, tape.Input(values, 6, 2, InputSize)).ToArray();
        tape.Reset();
        using StreamingModel stream = new(model, 2, InputSize);
        List<float> actual = [];
        long bytes = 0;
        for (int step = 0; step < 6; step++)
        {
            actual.AddRange(stream.Step(values.AsSpan(step * 2 * InputSize, 2 * InputSize)));
            bytes = step == 1 ? _device.AllocatedBytes : bytes;
        }

        ElementwiseAssert.Close(expected, [.. actual], Tolerances.Single(InputSize + HiddenSize, 14), "outputs");
        Assert.Equal(bytes, _device.AllocatedBytes);
        stream.Reset([false, true]);
        float[] mixed = stream.Step(values.AsSpan(0, 2 * InputSize)).ToArray();
        ElementwiseAssert.Close(expected[2..4], mixed[2..], Tolerances.Single(8, 14), "the stream that began anew");
        stream.Reset();
        float[] anew = stream.Step(values.AsSpan(0, 2 * InputSize)).ToArray();
        Assert.Equal(anew[2..], mixed[2..]);
        Assert.NotEqual(anew[..2], mixed[..2]);
        using Recurrent whole = Build("lstm", isStateful: false);
        Assert.Contains("Set IsStateful", Assert.Throws<ArgumentException>(() => new StreamingModel(whole, 2, InputSize)).Message);
    }

    [Fact]
    public void States_ThatCannotBeCarried_AreRefusedByName()
    {
        RecurrentOptions options = new() { InputSize = InputSize, HiddenSize = 4, IsStateful = true };
        Refuses("Bidirectional", Cells.Lstm, options with { Bidirectional = true });
        Refuses("BatchNormSteps", Cells.Lstm, options with { Step = new StepOptions { BatchNormSteps = 3 } });
        Refuses("periods", Cells.Parse("clockwork"), options);
        using Recurrent layer = Build("gru", isStateful: true);
        using Tape tape = Tape.Inference(_device);
        layer.Forward(tape, tape.Input(new float[2 * InputSize], 1, 2, InputSize));
        tape.Reset();
        Assert.Contains("B=3 rows", Assert.Throws<ShapeException>(() => layer.Forward(tape, tape.Input(new float[3 * InputSize], 1, 3, InputSize))).Message);
        layer.ResetState([true, false, false]);
        Assert.Contains("3 rows arrived", Assert.Throws<ShapeException>(() => layer.Forward(tape, tape.Input(new float[2 * InputSize], 1, 2, InputSize))).Message);
    }

    private void Refuses(string reason, Cell cell, RecurrentOptions options)
    {
        Assert.Contains(reason, Assert.Throws<ArgumentException>(() => new Recurrent(_device, cell, options, new RandomSource(1))).Message);
    }

    private float[] Gradient(float[] values, Func<Tape, Tensor, Tensor> run, bool reset)
    {
        using Tensor input = Tensor.FromArray(_device, values, 4, 2, InputSize).TrackGradient();
        using Tape tape = new(_device);
        Tensor output = run(tape, input);
        Assert.Equal(reset ? 2 : 0, (int)tape.Pass * 2);
        tape.Backward(Sum.Forward(tape, output));
        return input.Gradient!.ToArray();
    }

    private static Tensor InTwo(Recurrent layer, Tape tape, Tensor input, bool reset)
    {
        layer.Forward(tape, SliceTime.Forward(tape, input, 0, 2));
        if (reset)
        {
            tape.Reset();
        }

        return layer.Forward(tape, SliceTime.Forward(tape, input, 2, 2)).Output;
    }

    private static Tensor Steps(Tape tape, float[] values, int start, int count)
    {
        int width = 2 * InputSize;
        return tape.Input(values.AsSpan(start * width, count * width), count, 2, InputSize);
    }

    private Recurrent Build(string cell, bool isStateful)
    {
        RecurrentOptions options = new() { InputSize = InputSize, HiddenSize = HiddenSize, LayerCount = 2, IsStateful = isStateful };
        return new Recurrent(_device, Cells.Parse(cell), options, new RandomSource(7));
    }
}
