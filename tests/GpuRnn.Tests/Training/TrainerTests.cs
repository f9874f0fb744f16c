using GpuRnn.Devices.Cpu;
using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private readonly CpuDevice _device = TestDevice.Open();
    private readonly string _folder = Directory.CreateTempSubdirectory("gpurnn").FullName;

    public void Dispose()
    {
        _device.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(12)]
    [InlineData(17)]
    public void Resume_AfterAnyStep_GivesTheBitsOfAnUnbrokenRun(int interruptAfter)
    {
        using TrainerRun whole = new(_device, isRecurrent: true);
        TrainingResult expected = whole.Fit();
        Assert.Equal(TrainingEnd.Completed, expected.End);

        string path = Path.Combine(_folder, "checkpoint.safetensors");
        using (TrainerRun interrupted = new(_device, isRecurrent: true))
        {
            using CancellationTokenSource source = new();
            StepCounter counter = new(interruptAfter, source);
            Assert.Equal(TrainingEnd.Cancelled, interrupted.Fit(counter, source.Token).End);
            Checkpoint checkpoint = interrupted.Trainer.CaptureCheckpoint();
            checkpoint.UserMetadata["window"] = "12";
            checkpoint.Save(path);
        }

        using TrainerRun resumed = new(_device, modelSeed: 99, isRecurrent: true);
        Checkpoint loaded = Checkpoint.Load(path);
        Assert.Equal("12", loaded.UserMetadata["window"]);
        TrainingResult actual = resumed.Fit(resume: loaded);
        Assert.Equal(expected.End, actual.End);
        Assert.Equal(expected.Epochs, actual.Epochs);
        Assert.Equal(expected.BestEpoch, actual.BestEpoch);
        for (int i = 0; i < whole.Model.Parameters.Count; i++)
        {
            ElementwiseAssert.SameBits(
                whole.Model.Parameters[i].Value.ToArray(), resumed.Model.Parameters[i].Value.ToArray(), whole.Model.Parameters[i].Name);
        }
    }

    [Fact]
    public void Fit_LossOverflows_StopsBeforeTheStepAndKeepsTheWeights()
    {
        using TrainerRun run = new(_device);
        ArrayBatchSource source = ArrayBatchSource.ForValues([1.0f, 2.0f, 3.0f], 1, 3, [float.MaxValue], 1, 1);
        float[] before = run.Model.Parameters[0].Value.ToArray();
        TrainingException exception = Assert.Throws<TrainingException>(() => run.Trainer.Fit(source));
        Assert.Contains("at batch 1 of epoch 1 the loss is ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("both must be finite. Lower the learning rate", exception.Message, StringComparison.Ordinal);
        ElementwiseAssert.SameBits(before, run.Model.Parameters[0].Value.ToArray(), "weights before the step");
    }

    [Fact]
    public void Fit_LowersTheLossAndReportsEachStep()
    {
        using TrainerRun run = new(_device);
        StepCounter counter = new(int.MaxValue, null);
        TrainingResult result = run.Fit(counter);
        Assert.True(result.Epochs[^1].TrainLoss < 0.5 * result.Epochs[0].TrainLoss, $"{result.Epochs[0]} {result.Epochs[^1]}");
        Assert.Equal(3 * 7, counter.Reports.Count);
        Assert.Equal((1, 3, 1, 7), (counter.Reports[0].Epoch, counter.Reports[0].EpochCount, counter.Reports[0].Step, counter.Reports[0].StepCount));
        Assert.Null(counter.Reports[0].ValidationLoss);
        Assert.Equal(result.Epochs[0].ValidationLoss, counter.Reports[7].ValidationLoss);
        Assert.All(counter.Reports, report => Assert.True(report.GradientNorm > 0.0f));
    }

    [Fact]
    public void Fit_StoppedEarly_PutsTheBestWeightsBack()
    {
        // A learning rate far too large makes the loss worse after the first epoch.
        using TrainerRun run = new(_device, learningRate: 3.0f, epochs: 50, patience: 3);
        TrainingResult result = run.Fit();
        Assert.Equal(TrainingEnd.StoppedEarly, result.End);
        double best = result.Epochs.Min(epoch => epoch.ValidationLoss!.Value);
        Assert.Equal(best, result.Epochs[result.BestEpoch - 1].ValidationLoss);
        Assert.Equal(best, run.Trainer.Evaluate(run.Validation));
    }

    /// <summary>The best loss, its weights and the epochs without a better one come from the run before.</summary>
    [Fact]
    public void Resume_OfARunThatNoLongerImproves_StopsWhereAnUnbrokenRunDoes()
    {
        TrainerRun Create() => new(_device, learningRate: 3.0f, epochs: 50, patience: 3, schedule: new Constant(3.0f));
        using TrainerRun whole = Create();
        TrainingResult expected = whole.Fit();
        Assert.Equal(TrainingEnd.StoppedEarly, expected.End);
        using TrainerRun interrupted = Create();
        using CancellationTokenSource source = new();
        interrupted.Fit(new StepCounter((7 * expected.BestEpoch) + 3, source), source.Token);
        using TrainerRun resumed = Create();
        TrainingResult actual = resumed.Fit(resume: interrupted.Trainer.CaptureCheckpoint());

        Assert.Equal((expected.End, expected.BestEpoch), (actual.End, actual.BestEpoch));
        Assert.Equal(expected.Epochs, actual.Epochs);
        for (int i = 0; i < whole.Model.Parameters.Count; i++)
        {
            ElementwiseAssert.SameBits(whole.Model.Parameters[i].Value.ToArray(), resumed.Model.Parameters[i].Value.ToArray(), whole.Model.Parameters[i].Name);
        }
    }

    [Fact]
    public void Resume_WithAnotherModel_NamesTheParameterAndBothShapes()
    {
        using TrainerRun run = new(_device);
        using CancellationTokenSource source = new();
        run.Fit(new StepCounter(2, source), source.Token);
        Checkpoint checkpoint = run.Trainer.CaptureCheckpoint();
        using TrainerRun other = new(_device, hidden: 5);
        string message = Assert.ThrowsAny<ArgumentException>(() => other.Fit(resume: checkpoint)).Message;
        Assert.Contains("0.weight", message);
        Assert.Contains("[4, 3]", message);
        Assert.Contains("[5, 3]", message);
    }

    [Fact]
    public void Load_OfAModelFile_SaysThatItIsNoCheckpoint()
    {
        using TrainerRun run = new(_device);
        string path = Path.Combine(_folder, "model.safetensors");
        run.Model.Save(path);
        Assert.Contains("Module.Load", Assert.ThrowsAny<IOException>(() => Checkpoint.Load(path)).Message);
    }

    [Fact]
    public void Fit_WithCancellationBeforeTheStart_TrainsNothing()
    {
        using TrainerRun run = new(_device);
        float[] before = run.Model.Parameters[0].Value.ToArray();
        TrainingResult result = run.Fit(cancellation: new CancellationToken(canceled: true));
        Assert.Equal(TrainingEnd.Cancelled, result.End);
        Assert.Empty(result.Epochs);
        ElementwiseAssert.SameBits(before, run.Model.Parameters[0].Value.ToArray(), "weights");
    }
}
