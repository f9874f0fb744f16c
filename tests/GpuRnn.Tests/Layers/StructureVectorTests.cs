using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;
using GpuRnn.Testing;
using GpuRnn.Training;

namespace GpuRnn.Tests.Layers;

/// <summary>Whole models over padded batches against what PyTorch's modules give each of their sequences alone: outputs and every gradient.</summary>
public sealed class StructureVectorTests : IDisposable
{
    private const string Family = "structures";

    // Of 60 terms the longest sum, a weight's gradient; 8 stages forward and as many backward.
    private static readonly ToleranceSpec s_tolerance = Tolerances.Single(60, 16, 4.0);

    private readonly Device _device = DeviceCatalog.Open("cpu");

    public static TheoryData<string> Cases => [.. VectorFile.CaseNames(Family).Where(name => name != "tagger")];

    public void Dispose()
    {
        _device.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Model_OfAPaddedBatch_GivesPyTorchsOutputsAndGradients(string name)
    {
        VectorCase stored = VectorFile.Load(Family).Cases[name];
        using Layer model = Build(name);
        Load(model, stored);
        SequenceMask? mask = stored.Has("lengths") ? SequenceMask.FromLengths(stored.Shape("x")[0], stored.Integers("lengths")) : null;
        using Tensor input = Tensor.FromArray(_device, stored.Singles("x"), stored.Shape("x")).TrackGradient();
        using Tensor upstream = Tensor.FromArray(_device, stored.Singles("upstream"), stored.Shape("upstream"));
        using Tape tape = new(_device);
        Tensor output = model.Forward(tape, input, mask);
        Assert.Equal(stored.Shape("y"), output.Shape.ToArray());
        ElementwiseAssert.Close(stored.Doubles("y"), Present(output.ToArray(), stored, model.MaskAfter(mask)), s_tolerance, "output", stored.Shape("y"));
        tape.Backward(output, Masked(tape, upstream, model.MaskAfter(mask)));
        ElementwiseAssert.Close(stored.Doubles("grad/x"), input.Gradient!.ToArray(), s_tolerance, "gradient of the input", stored.Shape("x"));
        CompareGradients(model, stored);
        foreach (Parameter constant in model.Parameters.Where(parameter => !parameter.IsLearned))
        {
            ElementwiseAssert.Close(stored.Doubles(constant.Name), constant.Value.ToArray(), s_tolerance, constant.Name);
        }
    }

    [Fact]
    public void Tagger_OfAPaddedBatch_GivesPyTorchsLossAndGradients()
    {
        VectorCase stored = VectorFile.Load(Family).Cases["tagger"];
        using Layer model = Build("tagger");
        Load(model, stored);
        int[] shape = stored.Shape("x");
        SequenceMask mask = SequenceMask.FromLengths(shape[0], stored.Integers("lengths"));
        using Tape tape = new(_device);
        Tensor logits = model.Forward(tape, tape.Input(stored.Singles("x"), shape), mask);
        Tensor loss = Losses.SoftmaxCrossEntropy(
            tape,
            logits,
            stored.Integers("classes"),
            labelSmoothing: stored.Config.GetProperty("labelSmoothing").GetSingle(),
            classWeights: stored.Singles("class_weights"));
        tape.Backward(loss);

        ElementwiseAssert.Close(stored.Doubles("loss"), loss.ToArray(), s_tolerance, "loss");
        CompareGradients(model, stored);
    }

    private static void Load(Layer model, VectorCase stored)
    {
        foreach (Parameter parameter in model.Parameters.Where(parameter => parameter.IsLearned))
        {
            Assert.Equal(stored.Shape("parameter/" + parameter.Name), parameter.Value.Shape.ToArray());
            parameter.Value.CopyFrom(stored.Singles("parameter/" + parameter.Name));
        }

        Assert.Equal(
            stored.TensorNames.Count(name => name.StartsWith("parameter/", StringComparison.Ordinal)), model.Parameters.Count(parameter => parameter.IsLearned));
    }

    private static void CompareGradients(Layer model, VectorCase stored)
    {
        foreach (Parameter parameter in model.Parameters.Where(parameter => parameter.IsLearned))
        {
            string name = "grad/" + parameter.Name;
            ElementwiseAssert.Close(stored.Doubles(name), parameter.Gradient.ToArray(), s_tolerance, $"gradient of {parameter.Name}", stored.Shape(name));
        }
    }

    // A highway hands on what stands at absent steps; a loss does not look there, and neither does the stored output.
    private static float[] Present(float[] output, VectorCase stored, SequenceMask? mask)
    {
        int width = stored.Shape("y")[^1];
        return mask is null ? output : [.. output.Select((value, i) => mask.IsPresent(i / width / mask.BatchSize, i / width % mask.BatchSize) ? value : 0.0f)];
    }

    private static Tensor Masked(Tape tape, Tensor upstream, SequenceMask? mask)
    {
        if (mask is null)
        {
            return upstream;
        }

        int width = upstream.Shape[^1];
        float[] values = upstream.ToArray();
        return tape.Input([.. values.Select((value, i) => mask.IsPresent(i / width / mask.BatchSize, i / width % mask.BatchSize) ? value : 0.0f)], upstream.Shape);
    }

    private Layer Build(string name)
    {
        string[] words = name.Split('_');
        RandomSource random = new(1);
        return words[0] switch
        {
            "images" => new Sequential(
                new TimeDistributed(new Sequential(
                    new Conv2d(_device, 2, 3, new SlidingWindow(3, 1, 1), new SlidingWindow(3), random),
                    new Apply(_device, Tanh.Forward),
                    new MaxPool2d(_device, 2),
                    new Flatten(_device))),
                Recurrent(Cells.Lstm, 6, 3),
                new LastStep(_device),
                new Dense(_device, 3, 2, random)),
            "series" => new Sequential(
                new Conv1d(_device, 2, 3, new SlidingWindow(3, 2, 2), random),
                new Apply(_device, Relu.Forward),
                new MaxPool1d(_device, new SlidingWindow(2)),
                Recurrent(Cells.Gru(), 3, 3, bidirectional: true)),
            "pooled" => new Sequential(Recurrent(Cells.Lstm, 2, 3, bidirectional: true), Pooling(words[1]), new Dense(_device, words[1] == "ends" ? 12 : 6, 2, random)),
            "merged" => new Sequential(Recurrent(Cells.Gru(), 2, 3, bidirectional: true), new BidirectionalMerge(_device, Enum.Parse<MergeKind>(words[1], ignoreCase: true))),
            "residual" => new Sequential(new Residual(Recurrent(Cells.Lstm, 3, 3)), new Residual(Recurrent(Cells.Lstm, 3, 3))),
            "highway" => new Sequential(new Highway(Recurrent(Cells.Gru(), 3, 3), 3, random)),
            "one" => new Sequential(
                words[3] == "every" ? new RepeatVector(_device, 3) : new FirstStepVector(_device, 3), Recurrent(Cells.Lstm, 3, 4), new Dense(_device, 4, 2, random)),
            "batch" => new BatchNorm(_device, 3, momentum: 0.25f),
            "tagger" => new Sequential(
                new GpuRnn.Layers.Embedding(_device, 5, 3, random), Recurrent(Cells.Lstm, 3, 3, bidirectional: true), new Apply(_device, Tanh.Forward), new Dense(_device, 6, 4, random)),
            _ => throw new NotSupportedException($"StructureVectorTests: no model for the stored case {name}. Add one."),
        };
    }

    private Recurrent Recurrent(Cell cell, int inputSize, int hiddenSize, bool bidirectional = false) => new(
        _device, cell, new RecurrentOptions { InputSize = inputSize, HiddenSize = hiddenSize, Bidirectional = bidirectional }, new RandomSource(1));

    private Layer Pooling(string kind) => kind switch
    {
        "last" => new LastStep(_device),
        "ends" => new FirstAndLastStep(_device),
        "mean" => new MeanOverTime(_device),
        "max" => new MaxOverTime(_device),
        _ => new AttentionPooling(_device, 6, 4, new RandomSource(1)),
    };
}
