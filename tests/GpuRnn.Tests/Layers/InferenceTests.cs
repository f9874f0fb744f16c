using GpuRnn.Devices.Cpu;
using GpuRnn.KernelModel;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Simd;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Layers;

/// <summary>Passes that keep nothing for a backward pass: what they may keep from one to the next, and what they must not change.</summary>
public sealed class InferenceTests : IDisposable
{
    private const int InputSize = 3;
    private const int HiddenSize = 5;
    private const int TimeSteps = 4;
    private const int BatchSize = 2;

    private readonly CpuDevice _device = TestDevice.Open();

    public static TheoryData<string, int, int, int> Shapes()
    {
        TheoryData<string, int, int, int> data = [];
        foreach (string cell in new[] { "elman", "lstm", "gru", "gru-reset-before", "peephole" })
        {
            data.Add(cell, 9, 1, 37);
            data.Add(cell, 3, 5, 16);
        }

        data.Add("lstm", 40, 3, 70);
        data.Add("gru", 2, 50, 19);

        // Weights beyond a second-level cache, so that panels are asked for ahead.
        data.Add("lstm", 2, 26, 260);
        return data;
    }

    public void Dispose()
    {
        _device.Dispose();
    }

    [Theory]
    [InlineData("CopyFrom span")]
    [InlineData("CopyFrom tensor")]
    [InlineData("Clear")]
    [InlineData("View")]
    [InlineData("View kept from before")]
    [InlineData("reshaped tensor")]
    [InlineData("optimizer")]
    [InlineData("largest norm")]
    [InlineData("file")]
    public void Forward_AfterAWriteToTheWeights_ReadsTheNewOnes(string way)
    {
        using Recurrent layer = Build(1);
        using Tape tape = Tape.Inference(_device);
        Tensor weight = layer.Parameters[way.Contains("norm", StringComparison.Ordinal) ? 1 : 0].Value;
        ArrayView<float> kept = way == "View kept from before" ? weight.View : default;
        float[] before = Run(layer, tape);
        ElementwiseAssert.SameBits(before, Run(layer, tape), "two passes of the same weights");
        Write(way, layer, weight, kept);
        float[] after = Run(layer, tape);
        Assert.NotEqual(before, after);

        using Recurrent fresh = Build(2);
        foreach ((Parameter target, Parameter source) in fresh.Parameters.Zip(layer.Parameters))
        {
            target.Value.CopyFrom(source.Value.ToArray());
        }

        ElementwiseAssert.SameBits(Run(fresh, tape), after, $"{way}: a new layer of the same weights");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Forward_OnATapeThatRecordsNothing_GivesTheBitsOfOneThatRecords(string cell, int timeSteps, int batchSize, int hiddenSize)
    {
        foreach ((int threads, bool isRagged) in new[] { (1, false), (2, true), (2, false), (3, false) })
        {
            using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = threads });
            SimdExecutors.Register(device);
            RecurrentOptions options = new() { InputSize = InputSize, HiddenSize = hiddenSize, LayerCount = 2, Bidirectional = true };
            using Recurrent layer = new(device, Cells.Parse(cell), options, new RandomSource(3));
            layer.Evaluate();
            float[] values = TestDevice.Values(timeSteps * batchSize * InputSize, 5);
            int[] lengths = [.. Enumerable.Range(0, batchSize).Select(row => isRagged ? (row * 7) % (timeSteps + 1) : timeSteps)];
            SequenceMask? mask = isRagged && batchSize > 1 ? SequenceMask.FromLengths(timeSteps, lengths) : null;
            using Tape recording = new(device);
            using Tape inference = Tape.Inference(device);
            RecurrentResult expected = layer.Forward(recording, recording.Input(values, timeSteps, batchSize, InputSize), initial: null, mask);
            RecurrentResult actual = layer.Forward(inference, inference.Input(values, timeSteps, batchSize, InputSize), initial: null, mask);
            string what = $"{cell} T={timeSteps} B={batchSize} H={hiddenSize} threads={threads} ragged={isRagged}";
            ElementwiseAssert.SameBits(expected.Output.ToArray(), actual.Output.ToArray(), what);
            foreach ((Tensor first, Tensor second) in expected.State.Tensors.Zip(actual.State.Tensors))
            {
                ElementwiseAssert.SameBits(first.ToArray(), second.ToArray(), $"{what}, final states");
            }
        }
    }

    [Theory]
    [InlineData("lstm", 1)]
    [InlineData("gru", 3)]
    public void Step_OfABoundModel_GivesTheBitsOfTheWholeSequenceAndAllocatesNothing(string cell, int batchSize)
    {
        const int Steps = 7;
        RandomSource random = new(7);
        RecurrentOptions options = new() { InputSize = InputSize, HiddenSize = 19, LayerCount = 2, IsStateful = true };
        using Recurrent layer = new(_device, Cells.Parse(cell), options, random);
        using Sequential model = new(layer, new GpuRnn.Layers.Dropout(_device, 0.5f, random));
        model.Evaluate();
        using Tape tape = Tape.Inference(_device);
        float[] values = TestDevice.Values(Steps * batchSize * InputSize, 3);
        float[] expected = model.Forward(tape, tape.Input(values, Steps, batchSize, InputSize)).ToArray();
        tape.Reset();
        using StreamingModel stream = new(model, batchSize, InputSize);
        float[] actual = new float[expected.Length];
        long bytes = 0;
        for (int step = 0; step < Steps; step++)
        {
            ReadOnlySpan<float> input = values.AsSpan(step * batchSize * InputSize, batchSize * InputSize);
            long start = GC.GetAllocatedBytesForCurrentThread();
            ReadOnlySpan<float> output = stream.Step(input);
            bytes = step == 0 ? 0 : bytes + GC.GetAllocatedBytesForCurrentThread() - start;
            output.CopyTo(actual.AsSpan(step * output.Length));
        }

        ElementwiseAssert.SameBits(expected, actual, "steps one by one");
        Assert.Equal(0, bytes);
        Assert.Contains("holds", Assert.Throws<GpuRnn.Devices.ShapeException>(() => stream.Step(new float[1 + (batchSize * InputSize)])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_AfterTheDenseLayerWasDisposed_IsRefused()
    {
        RandomSource random = new(7);
        using Dense dense = new(_device, InputSize, 2, random);
        using StreamingModel stream = new(new Sequential(dense), 1, InputSize);
        stream.Step([1.0f, 2.0f, 3.0f]);
        dense.Dispose();
        Assert.Throws<ObjectDisposedException>(() => stream.Step([1.0f, 2.0f, 3.0f]));
    }

    [Fact]
    public void Step_AfterAPassOfAnotherBatch_SaysWhereAndWhatToDo()
    {
        using Recurrent layer = new(_device, Cells.Lstm, new RecurrentOptions { InputSize = InputSize, HiddenSize = HiddenSize, IsStateful = true }, new RandomSource(7));
        using StreamingModel stream = new(layer, 1, InputSize);
        using Tape tape = Tape.Inference(_device);
        layer.Forward(tape, tape.Input(new float[2 * InputSize], 1, 2, InputSize));
        string message = Assert.Throws<GpuRnn.Devices.ShapeException>(() => stream.Step([1.0f, 2.0f, 3.0f])).Message;
        Assert.StartsWith("StreamingModel.Step: the input has B=1 rows, but the states carried from the pass before have 2.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_AfterAWriteToTheWeights_ReadsTheNewOnes()
    {
        RandomSource random = new(7);
        RecurrentOptions options = new() { InputSize = InputSize, HiddenSize = HiddenSize, IsStateful = true };
        using Sequential model = new(new Recurrent(_device, Cells.Lstm, options, random), new LastStep(_device), new Dense(_device, HiddenSize, 2, random));
        using StreamingModel stream = new(model, 1, InputSize);
        float[] Second()
        {
            stream.Reset();
            stream.Step([1.0f, 2.0f, 3.0f]);
            return stream.Step([3.0f, 2.0f, 1.0f]).ToArray();
        }

        float[] before = Second();
        ElementwiseAssert.SameBits(before, Second(), "begun anew");
        foreach (Parameter parameter in model.Parameters)
        {
            parameter.Value.CopyFrom(TestDevice.Values(parameter.Value.Length, 11));
            float[] after = Second();
            Assert.NotEqual(before, after);
            before = after;
        }
    }

    private void Write(string way, Recurrent layer, Tensor weight, ArrayView<float> kept)
    {
        switch (way)
        {
            case "CopyFrom span":
                weight.CopyFrom(TestDevice.Values(weight.Length, 9));
                break;
            case "CopyFrom tensor":
                using (Tensor source = Tensor.FromArray(_device, TestDevice.Values(weight.Length, 9), [.. weight.Shape]))
                {
                    weight.CopyFrom(source);
                }

                break;
            case "Clear":
                weight.Clear();
                break;
            case "View":
                weight.View[1] += 0.5f;
                break;
            case "View kept from before":
                kept[1] += 0.5f;
                break;
            case "reshaped tensor":
                using (Tape tape = Tape.Inference(_device))
                {
                    Reshape.Forward(tape, weight, weight.Length).CopyFrom(TestDevice.Values(weight.Length, 9));
                }

                break;
            case "file":
                using (Recurrent other = Build(4))
                {
                    string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");
                    other.Save(path);
                    layer.Load(path);
                    File.Delete(path);
                }

                break;
            default:
                Update(layer, way == "largest norm" ? 0.01f : null);
                break;
        }
    }

    private void Update(Recurrent layer, float? maxNorm)
    {
        using Sgd optimizer = new(layer.Parameters, maxNorm is null ? 0.1f : 1e-20f) { MaxNorm = maxNorm };
        using Tape tape = new(_device);
        Tensor output = Forward(layer, tape);
        optimizer.ZeroGradients();
        tape.Backward(Losses.MeanSquaredError(tape, output, tape.Input(new float[output.Length], [.. output.Shape])));
        optimizer.Step();
    }

    private static Tensor Forward(Recurrent layer, Tape tape)
    {
        Tensor input = tape.Input(TestDevice.Values(TimeSteps * BatchSize * InputSize, 5), TimeSteps, BatchSize, InputSize);
        return layer.Forward(tape, input, initial: null, mask: null).Output;
    }

    private static float[] Run(Recurrent layer, Tape tape)
    {
        float[] output = Forward(layer, tape).ToArray();
        tape.Reset();
        return output;
    }

    private Recurrent Build(ulong seed)
    {
        RecurrentOptions options = new() { InputSize = InputSize, HiddenSize = HiddenSize };
        return new Recurrent(_device, Cells.Lstm, options, new RandomSource(seed));
    }
}
