using GpuRnn.Data;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;
using GpuRnn.Tests.Tensors;
using GpuRnn.Tests.Weights;
using GpuRnn.Training;

namespace GpuRnn.Tests.Layers;

/// <summary>The examples of docs/models and of images in docs/data.</summary>
public sealed class ModelExampleTests : IDisposable
{
    private readonly Device _device = TestDevice.Open();

    public void Dispose()
    {
        _device.Dispose();
    }

    [Fact]
    public void Convolution_OfVideosBeforeARecurrentLayer()
    {
        Device device = _device;
        float[] videos = new float[5 * 2 * 12 * 12];

        // <example:Convolution>
        RandomSource random = new(seed: 1);
        Sequential frames = new(
            new Conv2d(device, inputChannels: 1, outputChannels: 8, SlidingWindow.Same(3), random),
            new Apply(device, Relu.Forward),
            new MaxPool2d(device, size: 2),
            new Flatten(device));
        using Sequential model = new(
            new TimeDistributed(frames),
            new Recurrent(device, Cells.Lstm, new RecurrentOptions { InputSize = 6 * 6 * 8, HiddenSize = 32 }, random),
            new LastStep(device),
            new Dense(device, inputSize: 32, outputSize: 4, random));
        using Tape tape = new(device);
        Tensor input = tape.Input(videos, 5, 2, 12, 12, 1); // [T, B, H, W, C]
        Tensor logits = model.Forward(tape, input);         // [B, 4]
        // </example:Convolution>

        Assert.Equal([2, 4], logits.Shape.ToArray());
    }

    [Fact]
    public void Pooling_OfSequencesOfDifferentLengths()
    {
        Device device = _device;
        float[] steps = TestDevice.Values(6 * 3 * 4, 1);

        // <example:Pooling>
        RandomSource random = new(seed: 1);
        using Sequential words = new(
            new Conv1d(device, inputChannels: 4, outputChannels: 16, SlidingWindow.Same(3), random),
            new Apply(device, Relu.Forward));
        using AttentionPooling pooling = new(device, inputSize: 16, units: 8, random);
        SequenceMask mask = SequenceMask.FromLengths(6, 6, 2, 4);

        using Tape tape = new(device);
        Tensor states = words.Forward(tape, tape.Input(steps, 6, 3, 4), mask);
        AttentionResult pooled = pooling.Pool(tape, states, words.MaskAfter(mask));
        float[] weights = pooled.Weights.ToArray(); // [1, B, T]: 0 at steps that are not there
        // </example:Pooling>

        Assert.Equal([0.0f, 0.0f, 0.0f, 0.0f], weights[8..12]);
        Assert.Equal(1.0f, weights[6] + weights[7], 5);
    }

    [Fact]
    public void FeedForward_LearnsToContinueAWave_ByTheSameTrainer()
    {
        Device device = _device;
        const int Window = 8;
        const int Width = 1;
        float[] wave = [.. Enumerable.Range(0, 240).Select(i => MathF.Sin(0.4f * i))];
        ArrayBatchSource Windows(int first, int count) => ArrayBatchSource.ForValues(
            [.. Enumerable.Range(first, count).SelectMany(i => wave[i..(i + Window)])], Window, Width,
            [.. Enumerable.Range(first, count).Select(i => wave[i + Window])], Width, 20, shuffle: true);
        ArrayBatchSource train = Windows(0, 180);
        ArrayBatchSource validation = Windows(180, 50);

        // <example:FeedForward>
        RandomSource random = new(seed: 1);
        using Sequential baseline = new(
            new Apply(device, (tape, x) => Reshape.Forward(tape, SwapTimeAndBatch.Forward(tape, x), x.Shape[1], Window * Width), keepsTime: false), // [T, B, I] to [B, T·I]
            new Dense(device, Window * Width, outputSize: 16, random),
            new Apply(device, Tanh.Forward),
            new Dense(device, inputSize: 16, outputSize: Width, random));
        using Adam optimizer = new(baseline.Parameters, learningRate: 0.01f);
        TrainerOptions options = new() { Epochs = 40, Loss = Losses.MeanSquaredError };
        TrainingResult result = new Trainer(baseline, optimizer, options).Fit(train, validation);
        // </example:FeedForward>

        // A wave is a sum of its last two values with fixed factors; saying its mean would leave 0.5.
        Assert.InRange(result.Epochs[^1].ValidationLoss!.Value, 0.0, 0.005);
    }

    [Fact]
    public void Normalisation_MovesItsStatistics()
    {
        Device device = _device;
        float[] images = TestDevice.Values(4 * 8 * 8 * 3, 1);

        // <example:Normalisation>
        RandomSource random = new(seed: 1);
        using Sequential block = new(
            new Conv2d(device, inputChannels: 3, outputChannels: 8, SlidingWindow.Same(3), random, hasBias: false),
            new BatchNorm(device, size: 8),
            new Apply(device, Relu.Forward));
        using Tape tape = new(device);
        block.Forward(tape, tape.Input(images, 4, 8, 8, 3)); // by the batch's statistics, which the running ones follow
        block.Evaluate();
        Tensor output = block.Forward(tape, tape.Input(images, 4, 8, 8, 3)); // by the running ones
        // </example:Normalisation>

        Assert.Equal([4, 8, 8, 8], output.Shape.ToArray());
        Assert.NotEqual(new float[8], block.Parameters[3].Value.ToArray());
    }

    [Fact]
    public void Structures_DeepAndOfBothDirections()
    {
        Device device = _device;
        float[] values = TestDevice.Values(7 * 2 * 16, 1);

        // <example:Structures>
        RandomSource random = new(seed: 1);
        RecurrentOptions both = new() { InputSize = 16, HiddenSize = 16, Bidirectional = true };
        RecurrentOptions one = new() { InputSize = 16, HiddenSize = 16 };
        using Sequential model = new(
            new Recurrent(device, Cells.Lstm, both, random),
            new BidirectionalMerge(device, MergeKind.Mean), // 32 elements to 16
            new Residual(new Recurrent(device, Cells.Lstm, one, random)),
            new Highway(new Recurrent(device, Cells.Gru(), one, random), width: 16, random),
            new MaxOverTime(device),                        // many to one
            new RepeatVector(device, timeSteps: 5),         // one to many: every step sees it
            new Recurrent(device, Cells.Lstm, one, random));
        using Tape tape = new(device);
        Tensor output = model.Forward(tape, tape.Input(values, 7, 2, 16)); // [5, 2, 16]
        // </example:Structures>

        Assert.Equal([5, 2, 16], output.Shape.ToArray());
    }

    [Fact]
    public void ManyToOne_InEveryForm()
    {
        Device device = _device;
        float[] values = TestDevice.Values(6 * 3 * 4, 1);
        List<int[]> shapes = [];

        // <example:ManyToOne>
        RandomSource random = new(seed: 1);
        SequenceMask mask = SequenceMask.FromLengths(6, 6, 2, 4);
        foreach (Layer pooling in new Layer[] { new LastStep(device), new MeanOverTime(device), new MaxOverTime(device), new AttentionPooling(device, 8, 8, random) })
        {
            using Sequential model = new(
                new Recurrent(device, Cells.Gru(), new RecurrentOptions { InputSize = 4, HiddenSize = 8 }, random),
                pooling,                                       // [T, B, 8] to [B, 8]
                new Dense(device, inputSize: 8, outputSize: 3, random));
            using Tape tape = new(device);
            Tensor scores = model.Forward(tape, tape.Input(values, 6, 3, 4), mask); // [B, 3]
            shapes.Add(scores.Shape.ToArray());
        }
        // </example:ManyToOne>

        Assert.Equal(4, shapes.Count);
        Assert.All(shapes, shape => Assert.Equal([3, 3], shape));
    }

    [Fact]
    public void OneToMany_InBothForms_LearnsToFade()
    {
        Device device = _device;
        float[] starts = TestDevice.Values(32, 3);
        float[] curves = [.. starts.SelectMany(start => Enumerable.Range(0, 5).Select(t => start * MathF.Pow(0.7f, t)))];
        List<double> losses = [];

        // <example:OneToMany>
        foreach (Layer start in new Layer[] { new FirstStepVector(device, timeSteps: 5), new RepeatVector(device, timeSteps: 5) })
        {
            RandomSource random = new(seed: 1);
            using Sequential model = new(
                start,                                         // [B, 1] to [5, B, 1]
                new Recurrent(device, Cells.Gru(), new RecurrentOptions { InputSize = 1, HiddenSize = 8 }, random),
                new Dense(device, inputSize: 8, outputSize: 1, random));
            using Adam optimizer = new(model.Parameters, learningRate: 0.05f);
            for (int step = 0; step < 150; step++)
            {
                using Tape tape = new(device);
                Tensor target = SwapTimeAndBatch.Forward(tape, tape.Input(curves, 32, 5, 1)); // five steps of each
                Tensor loss = Losses.MeanSquaredError(tape, model.Forward(tape, tape.Input(starts, 32, 1)), target);
                optimizer.ZeroGradients();
                tape.Backward(loss);
                optimizer.Step();
                losses.Add(loss.ToArray()[0]);
            }
        }
        // </example:OneToMany>

        Assert.InRange(losses[149], 0.0, 0.05 * losses[0]);
        Assert.InRange(losses[299], 0.0, 0.05 * losses[150]);
    }

    [Fact]
    public void Merges_OfBothDirections()
    {
        Device device = _device;
        float[] values = TestDevice.Values(7 * 2 * 4, 1);
        List<int> widths = [];

        // <example:Merges>
        RandomSource random = new(seed: 1);
        RecurrentOptions both = new() { InputSize = 4, HiddenSize = 8, Bidirectional = true };
        using Recurrent layer = new(device, Cells.Lstm, both, random); // [h→; h←], 16 elements
        foreach (MergeKind kind in Enum.GetValues<MergeKind>())        // as it is, or their sum, mean or product: 8 elements
        {
            using BidirectionalMerge merge = new(device, kind);
            using Tape tape = new(device);
            Tensor merged = merge.Forward(tape, layer.Forward(tape, tape.Input(values, 7, 2, 4)).Output);
            widths.Add(merged.Shape[^1]);
        }
        // </example:Merges>

        Assert.Equal([16, 8, 8, 8], widths);
    }

    [Fact]
    public void Images_FromAFile()
    {
        using TemporaryFolder folder = new();
        string path = folder.FilePath("images-idx3-ubyte");
        File.WriteAllBytes(path, [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 255, 255, 0]);

        // <example:Images>
        ImageSet images = ImageFile.ReadIdxImages(path);
        float[] pixels = images.ToSingles(mean: 0.5f, deviation: 0.5f); // [N, H, W, C], from -1 to 1
        // </example:Images>

        Assert.Equal([-1.0f, 1.0f, 1.0f, -1.0f], pixels);
    }
}
