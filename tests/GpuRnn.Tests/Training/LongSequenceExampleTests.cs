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
    public void Packed_Batches_GiveWhatPaddedOnesGive()
    {
        float[] values = TestDevice.Values(4 * 3 * 2, 3);

        // <example:Packed>
        using Device device = DeviceCatalog.Open("cpu");
        RandomSource random = new(1);
        using Recurrent layer = new(device, Cells.Gru(), new RecurrentOptions { InputSize = 2, HiddenSize = 8, Bidirectional = true }, random);
        using Dense dense = new(device, inputSize: 16, outputSize: 5, random);
        using Tape tape = new(device);
        SequenceMask mask = SequenceMask.FromLengths(4, 4, 1, 3);
        PackedSequence packed = PackedSequence.Pack(tape, tape.Input(values, 4, 3, 2), mask); // Data [8, 2]: the steps that are there
        PackedSequence states = layer.Forward(tape, packed).Output;                           // Data [8, 16]
        PackedSequence scores = states.WithData(dense.Forward(tape, states.Data));            // Data [8, 5]
        Tensor padded = scores.Unpack(tape);                                                  // [4, 3, 5], zeros where no step is
        // </example:Packed>

        float[] expected = dense.Forward(tape, layer.Forward(tape, tape.Input(values, 4, 3, 2), mask: mask).Output).ToArray();
        float[] actual = padded.ToArray();
        Assert.Equal([8, 5], scores.Data.Shape.ToArray());
        for (int i = 0; i < actual.Length; i++)
        {
            Assert.Equal(mask.IsPresent(i / 15, i / 5 % 3) ? expected[i] : 0.0f, actual[i]);
        }
    }

    [Fact]
    public void AbsentInputs_WithASignBesideThem_AreBridged()
    {
        RandomSource data = new(7);
        float[][] inputs = [.. Enumerable.Range(0, 64).Select(_ => new float[12 * 2])];
        float[][] targets = [.. Enumerable.Range(0, 64).Select(_ => new float[12])];
        for (int row = 0; row < 64; row++)
        {
            float last = 0.0f;
            for (int t = 0; t < 12; t++)
            {
                bool isThere = data.NextDouble() < 0.4;
                last = isThere ? data.NextUniform(-1.0f, 1.0f) : last;
                (inputs[row][2 * t], inputs[row][(2 * t) + 1], targets[row][t]) = (isThere ? last : 0.0f, isThere ? 1.0f : 0.0f, last);
            }
        }

        // <example:AbsentInputs>
        // Inputs [value or 0, 1 where the value is there]; the target of every step is the last value that was there.
        using Device device = DeviceCatalog.Open("cpu");
        RandomSource random = new(1);
        using Sequential model = new(
            new Recurrent(device, Cells.Gru(), new RecurrentOptions { InputSize = 2, HiddenSize = 16 }, random), new Dense(device, inputSize: 16, outputSize: 1, random));
        SequenceBatchSource train = SequenceBatchSource.ForStepValues(inputs, 2, targets, 1, new SequenceBatchOptions { BatchSize = 16 });
        using Adam optimizer = new(model.Parameters, 0.02f);
        TrainingResult result = new Trainer(model, optimizer, new TrainerOptions { Epochs = 60 }).Fit(train);
        // </example:AbsentInputs>

        // Always saying 0 would leave a third.
        Assert.InRange(result.Epochs[^1].TrainLoss, 0.0, 0.03);
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
