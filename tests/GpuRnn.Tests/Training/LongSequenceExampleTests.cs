using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

/// <summary>The examples of docs/training about masks, truncation and long sequences.</summary>
public sealed class LongSequenceExampleTests
{
    [Fact]
    public void Masks_OfDifferentLengths_TrainAndPack()
    {
        int[][] sentences = [[3, 1, 4], [1, 5], [9, 2, 6, 5], [3]];
        int[] labels = [0, 1, 0, 1];

        // <example:Masks>
        using Device device = DeviceCatalog.Open("cpu");
        RandomSource random = new(1);
        RecurrentOptions options = new() { InputSize = 4, HiddenSize = 8, Bidirectional = true };
        using Sequential model = new(
            new Embedding(device, 10, 4, random),
            new Recurrent(device, Cells.Lstm, options, random),
            new FirstAndLastStep(device),
            new Dense(device, 32, 2, random));
        SequenceBatchOptions batches = new() { BatchSize = 2, BatchesPerBucket = 2, Padding = PaddingSide.Left };
        SequenceBatchSource train = SequenceBatchSource.ForClasses(sentences, labels, batches);
        using Adam optimizer = new(model.Parameters, 0.01f);
        Trainer trainer = new(model, optimizer, new TrainerOptions { Epochs = 5, Loss = Losses.SoftmaxCrossEntropy });
        TrainingResult result = trainer.Fit(train);
        // </example:Masks>

        Assert.True(result.Epochs[^1].TrainLoss < result.Epochs[0].TrainLoss);
    }

    [Fact]
    public void Truncation_OfStreams_TrainsAStatefulModel()
    {
        float[] inputs = TestDevice.Values(64, 3);
        float[] targets = inputs;

        // <example:Truncation>
        using Device device = DeviceCatalog.Open("cpu");
        RandomSource random = new(1);
        RecurrentOptions options = new() { InputSize = 1, HiddenSize = 8, IsStateful = true };
        using Sequential model = new(new Recurrent(device, Cells.Gru(), options, random), new Dense(device, 8, 1, random));
        SequenceBatchSource whole = SequenceBatchSource.ForStepValues([inputs], 1, [targets], 1, new SequenceBatchOptions { BatchSize = 1 });
        ChunkedBatchSource pieces = new(whole, timeSteps: 64, chunkSteps: 8);
        using Adam optimizer = new(model.Parameters, 0.01f);
        Trainer trainer = new(model, optimizer, new TrainerOptions { Epochs = 3, StepsBack = 24 });
        TrainingResult result = trainer.Fit(pieces);
        // </example:Truncation>

        Assert.True(result.Epochs[^1].TrainLoss < result.Epochs[0].TrainLoss);
    }

    [Fact]
    public void Recomputation_OfALongSequence_Trains()
    {
        float[] inputs = TestDevice.Values(400, 3);
        float[] target = [inputs[0]];

        // <example:Recomputation>
        using Device device = DeviceCatalog.Open("cpu");
        RandomSource random = new(1);
        RecurrentOptions options = new() { InputSize = 1, HiddenSize = 8, IsStateful = true };
        using Sequential model = new(new Recurrent(device, Cells.Lstm, options, random), new LastStep(device), new Dense(device, 8, 1, random));
        ArrayBatchSource train = ArrayBatchSource.ForValues(inputs, timeSteps: 400, inputSize: 1, target, targetSize: 1, batchSize: 1);
        using Adam optimizer = new(model.Parameters, 0.01f);
        Trainer trainer = new(model, optimizer, new TrainerOptions { Epochs = 3, RecomputeSteps = 0 });
        TrainingResult result = trainer.Fit(train);
        // </example:Recomputation>

        // <example:Streaming>
        using StreamingModel stream = new(model, batchSize: 1, inputSize: 1);
        float last = 0.0f;
        foreach (float value in inputs)
        {
            last = stream.Step([value])[0];
        }
        // </example:Streaming>

        Assert.True(result.Epochs[^1].TrainLoss < result.Epochs[0].TrainLoss);
        Assert.True(float.IsFinite(last));
    }
}
