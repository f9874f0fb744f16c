using GpuRnn.Data;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

/// <summary>A text in parallel streams through layers that go on from batch to batch.</summary>
public sealed class StatefulTrainingTests : IDisposable
{
    private const int Vocabulary = 5;

    private readonly Device _device = TestDevice.Open();

    public void Dispose()
    {
        _device.Dispose();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(5)]
    public void Fit_WithAnotherNumberOfStreamsInValidation_IsThatOfTheTrainingAlone(int? stepsBack)
    {
        using Sequential alone = Model();
        using Sequential validated = Model();
        using Adam first = new(alone.Parameters, 0.02f);
        using Adam second = new(validated.Parameters, 0.02f);
        Run(alone, first, stepsBack).Fit(Source(3));
        TrainingResult result = Run(validated, second, stepsBack).Fit(Source(3), Source(2));

        Assert.Equal(2, result.Epochs.Count);
        AssertSameBits(alone, validated);
    }

    /// <summary>Three steps an epoch: in the middle of the first, between the two, and behind the first step of the second.</summary>
    [Theory]
    [InlineData(null, 2)]
    [InlineData(null, 4)]
    [InlineData(7, 2)]
    [InlineData(7, 3)]
    [InlineData(7, 4)]
    [InlineData(null, 3, true)]
    [InlineData(7, 3, true)]
    [InlineData(7, 4, true)]
    public void Resume_AnywhereInTheText_GivesTheBitsOfAnUnbrokenRun(int? stepsBack, int interruptAfter, bool isEndless = false)
    {
        using Sequential whole = Model();
        using Adam wholeOptimizer = new(whole.Parameters, 0.02f);
        Run(whole, wholeOptimizer, stepsBack).Fit(Source(3, isEndless));
        using Sequential begun = Model();
        using Adam begunOptimizer = new(begun.Parameters, 0.02f);
        Trainer trainer = Run(begun, begunOptimizer, stepsBack);
        using CancellationTokenSource cancellation = new();
        trainer.Fit(Source(3, isEndless), null, new StepCounter(interruptAfter, cancellation), cancellation.Token);

        using Sequential resumed = Model();
        using Adam resumedOptimizer = new(resumed.Parameters, 0.02f);
        Run(resumed, resumedOptimizer, stepsBack).Fit(Source(3, isEndless), resume: trainer.CaptureCheckpoint());
        AssertSameBits(whole, resumed);

        // The cancelled run itself may go on, too.
        trainer.Fit(Source(3, isEndless));
        AssertSameBits(whole, begun);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(7)]
    public void Resume_FromACheckpointTakenBehindTheEnd_GoesOnFromWhatIsCarried(int? stepsBack)
    {
        using Sequential whole = Model();
        using Adam wholeOptimizer = new(whole.Parameters, 0.02f);
        Run(whole, wholeOptimizer, stepsBack).Fit(Source(3, isEndless: true));
        using Sequential begun = Model();
        using Adam begunOptimizer = new(begun.Parameters, 0.02f);
        Trainer trainer = Run(begun, begunOptimizer, stepsBack, epochs: 1);
        Assert.Equal(TrainingEnd.Completed, trainer.Fit(Source(3, isEndless: true)).End);

        using Sequential resumed = Model();
        using Adam resumedOptimizer = new(resumed.Parameters, 0.02f);
        Run(resumed, resumedOptimizer, stepsBack).Fit(Source(3, isEndless: true), resume: trainer.CaptureCheckpoint());

        AssertSameBits(whole, resumed);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(6)]
    public void BatchWithoutATarget_BeginsAnewWhereItSaysSo(int? stepsBack)
    {
        using Sequential model = Model();
        using Tape tape = new(_device);
        float[][] Gradients(int first)
        {
            using StepGradients gradients = new(model, (tape, batch) => Loss(model, tape, batch), new() { Loss = Losses.SoftmaxCrossEntropy, StepsBack = stepsBack });
            model.ResetState();
            for (int index = first; index < 3; index++)
            {
                foreach (Parameter parameter in model.Parameters)
                {
                    parameter.Gradient.Clear();
                }

                Batch batch = Source(2).GetBatch(index);
                Batch given = new()
                {
                    Inputs = batch.Inputs,
                    InputShape = batch.InputShape,
                    Classes = batch.Classes,
                    SequenceCount = 2,
                    Continues = index == 1 ? null : batch.Continues,
                    LossWeight = index == 1 ? 0.0 : batch.LossWeight,
                };
                gradients.Run(tape, given, isAlone: true);
            }

            return [.. model.Parameters.Select(parameter => parameter.Gradient.ToArray())];
        }

        (float[][] expected, float[][] actual) = (Gradients(1), Gradients(0));
        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData(3, null)]
    [InlineData(null, 0)]
    public void Trainer_OfALossThatRunsTheModel_RefusesToCutSequences(int? stepsBack, int? recomputeSteps)
    {
        using Sequential model = Model();
        using Adam optimizer = new(model.Parameters, 0.02f);
        TrainerOptions options = new() { StepsBack = stepsBack, RecomputeSteps = recomputeSteps };

        ArgumentException refusal = Assert.Throws<ArgumentException>(
            () => new Trainer(model, (tape, batch) => throw new InvalidOperationException(), optimizer, options));
        Assert.Contains("beside a loss that runs the model itself", refusal.Message);
    }

    private static Tensor Loss(Sequential model, Tape tape, Batch batch)
    {
        return Losses.SoftmaxCrossEntropy(tape, model.Forward(tape, tape.Input(batch.Inputs, batch.InputShape)), batch);
    }

    private static void AssertSameBits(Sequential expected, Sequential actual)
    {
        for (int i = 0; i < expected.Parameters.Count; i++)
        {
            Parameter parameter = expected.Parameters[i];
            ElementwiseAssert.SameBits(parameter.Value.ToArray(), actual.Parameters[i].Value.ToArray(), parameter.Name);
        }
    }

    private static IBatchSource Source(int batchSize, bool isEndless = false)
    {
        TextBatchSource source = new([.. Enumerable.Range(0, (8 * batchSize) + 1).Select(i => i * i % Vocabulary)], batchSize, 3);
        return isEndless ? new Endless(source) : source;
    }

    private static Trainer Run(Sequential model, Optimizer optimizer, int? stepsBack, int epochs = 2)
    {
        return new Trainer(model, optimizer, new() { Loss = Losses.SoftmaxCrossEntropy, Epochs = epochs, StepsBack = stepsBack });
    }

    private Sequential Model()
    {
        RandomSource random = new(3);
        RecurrentOptions options = new() { InputSize = 4, HiddenSize = 6, IsStateful = true };
        return new Sequential(
            new Embedding(_device, Vocabulary, 4, random), new Recurrent(_device, Cells.Lstm, options, random), new Dense(_device, 6, Vocabulary, random));
    }

    /// <summary>The end of an epoch goes on at the beginning of the next.</summary>
    private sealed class Endless(TextBatchSource source) : IBatchSource
    {
        public int BatchCount => source.BatchCount;

        public void StartEpoch(RandomSource random)
        {
            source.StartEpoch(random);
        }

        public Batch GetBatch(int index)
        {
            Batch batch = source.GetBatch(index);
            Array.Fill(batch.Continues!, true);
            return batch;
        }
    }
}
