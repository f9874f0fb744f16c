using GpuRnn.Devices.Cpu;
using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

/// <summary>Several batches a step, and options of clipping.</summary>
public sealed class AccumulationTests : IDisposable
{
    private const int Examples = 24;
    private const int Inputs = 3;
    private const int Classes = 4;
    private readonly CpuDevice _device = TestDevice.Open();

    public void Dispose()
    {
        _device.Dispose();
    }

    [Theory]
    [InlineData(4, 2)]
    [InlineData(2, 4)]
    [InlineData(1, 8)]
    public void SmallBatches_MakeTheStepOfOneLargeOne(int batchSize, int batchesPerStep)
    {
        // Rows that are ignored and weights of classes make every small batch count otherwise: a mean of means would be another number.
        (float[] Weights, TrainingResult Result) large = Train(8, 1);
        (float[] Weights, TrainingResult Result) small = Train(batchSize, batchesPerStep);
        ElementwiseAssert.Close(Array.ConvertAll(large.Weights, value => (double)value), small.Weights, Tolerances.Single(Examples, 6, 2.0), "weights");
        Assert.Equal(large.Result.Epochs[^1].TrainLoss, small.Result.Epochs[^1].TrainLoss, 1e-6);
        Assert.Equal(large.Result.Epochs[^1].GradientNorm, small.Result.Epochs[^1].GradientNorm, 1e-5f);
    }

    [Fact]
    public void Progress_CountsStepsNotBatches()
    {
        StepCounter counter = new(int.MaxValue, null);
        Train(4, 4, counter);
        Assert.Equal([(1, 2), (2, 2), (1, 2), (2, 2)], counter.Reports.Select(report => (report.Step, report.StepCount)));
    }

    [Fact]
    public void ClipOptions_BoundElementsThenEachThenAll()
    {
        (float[] plain, _) = Train(8, 1, options: new TrainerOptions { Epochs = 1 });
        (float[] byValue, TrainingResult clipped) = Train(8, 1, options: new TrainerOptions { Epochs = 1, ClipValue = 1e-3f });
        Assert.NotEqual(plain, byValue);

        // The norm of that many elements at the bound, and the roundings of its sum.
        Assert.InRange(clipped.Epochs[0].GradientNorm, 0.0f, 1e-3f * MathF.Sqrt(byValue.Length) * (1.0f + 1e-6f));
        (float[] _, TrainingResult each) = Train(8, 1, options: new TrainerOptions { Epochs = 1, ClipEachNorm = 1e-3f });
        Assert.Equal(1e-3f * MathF.Sqrt(2.0f), each.Epochs[0].GradientNorm, 1e-6f);
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        foreach (TrainerOptions options in new TrainerOptions[]
        {
            new() { BatchesPerStep = 0 }, new() { CheckpointEverySteps = -1 }, new() { ClipValue = 0.0f }, new() { ClipEachNorm = float.NaN },
        })
        {
            ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => Train(8, 1, options: options));
            Assert.StartsWith("Trainer", error.Message, StringComparison.Ordinal);
        }
    }

    private (float[] Weights, TrainingResult Result) Train(
        int batchSize, int batchesPerStep, IProgress<TrainingProgress>? progress = null, TrainerOptions? options = null)
    {
        using Dense model = new(_device, Inputs, Classes, new RandomSource(3));
        using Sgd optimizer = new(model.Parameters, 0.5f);
        int[] classes = [.. Enumerable.Range(0, Examples).Select(i => i % 5 < 2 ? Losses.DefaultIgnoreIndex : i * 7 % Classes)];
        ArrayBatchSource source = ArrayBatchSource.ForClasses(TestDevice.Values(Examples * Inputs, 4), 1, Inputs, classes, batchSize);
        float[] classWeights = [0.5f, 1.0f, 2.0f, 4.0f];
        Trainer trainer = new(
            model,
            (tape, batch) => Losses.SoftmaxCrossEntropy(tape, model.Forward(tape, tape.Input(batch.Inputs, batch.InputShape)), batch, 0.1f, classWeights),
            optimizer,
            options ?? new TrainerOptions { Epochs = 2, BatchesPerStep = batchesPerStep, Seed = 9 });
        TrainingResult result = trainer.Fit(source, progress: progress);
        return ([.. model.Parameters.SelectMany(parameter => parameter.Value.ToArray())], result);
    }
}
