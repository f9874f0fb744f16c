using GpuRnn.Data;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;
using Operations = GpuRnn.Tensors.Operations;

namespace GpuRnn.Tests.Layers;

/// <summary>The example of docs/models/dense.md.</summary>
public sealed class DenseExampleTests : IDisposable
{
    private readonly Device _device = TestDevice.Open();

    public void Dispose()
    {
        _device.Dispose();
    }

    [Fact]
    public void DenseLayers_WithDropoutAndASharedWeight_Learn()
    {
        Device device = _device;
        int[] text = [.. Enumerable.Range(0, 401).Select(i => i * i % 11)];

        // <example:Dense>
        RandomSource random = new(seed: 1);
        Embedding words = new(device, vocabularySize: 11, embeddingSize: 16, random);
        using Sequential model = new(
            words,
            new Recurrent(device, Cells.Lstm, new RecurrentOptions { InputSize = 16, HiddenSize = 32 }, random),
            new Dropout(device, probability: 0.2f, random),       // in training alone
            new Dense(device, inputSize: 32, outputSize: 16, random),
            new Apply(device, Operations.Tanh.Forward),
            Dense.Tied(words.Parameters[0], random));             // the vectors that are read also judge what comes next
        using Adam optimizer = new(model.Parameters, learningRate: 0.02f);
        TrainerOptions options = new() { Epochs = 20, Loss = Losses.SoftmaxCrossEntropy };
        TrainingResult result = new Trainer(model, optimizer, options).Fit(new TextBatchSource(text, batchSize: 8, timeSteps: 25));

        model.Evaluate();
        using Apply probabilities = new(device, Operations.Softmax.Forward);
        using Tape tape = Tape.Inference(device);
        float[] next = probabilities.Forward(tape, model.Forward(tape, tape.Input([0.0f, 1.0f, 4.0f], 3, 1))).ToArray(); // [3, 1, 11]
        // </example:Dense>

        Assert.True(result.Epochs[^1].TrainLoss < 0.6, $"loss {result.Epochs[^1].TrainLoss}");
        Assert.Equal(9, Enumerable.Range(0, 11).MaxBy(token => next[22 + token]));
    }
}
