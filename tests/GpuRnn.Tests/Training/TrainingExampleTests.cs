using GpuRnn.Devices.Cpu;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

/// <summary>The examples of docs/training.</summary>
public sealed class TrainingExampleTests : IDisposable
{
    private readonly CpuDevice _device = TestDevice.Open();

    public void Dispose()
    {
        _device.Dispose();
    }

    [Fact]
    public void Losses_QuantilesWithAnAbsentTarget_HaveAFiniteGradient()
    {
        CpuDevice device = _device;
        using Dense model = new(device, 1, 3, new RandomSource(1));

        // <example:Losses>
        using Tape tape = new(device);
        Tensor prediction = model.Forward(tape, tape.Input([0.1f, 0.4f, 0.9f], 3, 1));    // [3, 3]: a column for each level
        Tensor target = tape.Input([1, 1, 1, 2, 2, 2, float.NaN, float.NaN, float.NaN], 3, 3);
        Tensor loss = Losses.Quantile(tape, prediction, target, levels: [0.1f, 0.5f, 0.9f], weights: [1, 1, 0]);
        tape.Backward(loss);
        // </example:Losses>

        Assert.True(float.IsFinite(loss.Item()));
        Assert.All(model.Parameters[0].Gradient.ToArray(), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Optimizers_OfASharedWeight_UpdateItOnceAndSpareBiases()
    {
        CpuDevice device = _device;
        RandomSource random = new(1);

        // <example:Optimizers>
        Embedding embedding = new(device, vocabularySize: 50, embeddingSize: 16, random);
        using Sequential model = new(
            embedding,
            new Recurrent(device, Cells.Gru(), new RecurrentOptions { InputSize = 16, HiddenSize = 16 }, random),
            Dense.Tied(embedding.Parameters[0], random));
        using AdamW optimizer = new(model.Parameters, learningRate: 2e-3f, weightDecay: 0.05)
        {
            Groups = [ParameterGroup.VectorsWithoutDecay],
        };
        // </example:Optimizers>

        Parameter bias = model.Parameters[^1];
        float[] before = bias.Value.ToArray();
        optimizer.Step();
        Assert.Equal(before, bias.Value.ToArray());
        Assert.Equal(model.Parameters.Count - 1, optimizer.Parameters.Count);
    }

    [Fact]
    public void Schedules_WarmupThenCosine_RiseAndFall()
    {
        // <example:Schedules>
        LearningRateSchedule schedule = new ScheduleSequence(
            new LinearWarmup(new Constant(0.01f), length: 100),
            length: 100,
            ScheduleUnit.Step,
            then: new Cosine(0.01f, length: 900, minimum: 1e-5f, ScheduleUnit.Step));
        TrainerOptions options = new() { Schedule = schedule, ClipNorm = 1.0f };
        // </example:Schedules>

        Assert.Equal(1e-4f, options.Schedule!.LearningRate, 1e-9f);
        for (int step = 0; step < 100; step++)
        {
            schedule.EndStep();
        }

        Assert.Equal(0.01f, schedule.LearningRate, 1e-9f);
        for (int step = 0; step < 900; step++)
        {
            schedule.EndStep();
        }

        Assert.Equal(1e-5f, schedule.LearningRate, 1e-9f);
    }

    [Fact]
    public void Regularisation_OfATrainer_Trains()
    {
        using Sequential model = new(new LastStep(_device), new Dense(_device, 2, 1, new RandomSource(1)));

        // <example:Regularisation>
        using Adam optimizer = new(model.Parameters, weightDecay: 1e-4) { AbsoluteDecay = 1e-5, MaxNorm = 3.0f };
        TrainerOptions options = new() { ClipNorm = 1.0f, BatchesPerStep = 4 };
        // </example:Regularisation>

        float[] inputs = TestDevice.Values(32, 1);
        float[] targets = [.. Enumerable.Range(0, 16).Select(i => inputs[2 * i])];
        TrainingResult result = new Trainer(model, optimizer, options).Fit(ArrayBatchSource.ForValues(inputs, 1, 2, targets, 1, 2));
        Assert.Equal(20, optimizer.StepCount);
        Assert.True(result.Epochs[^1].TrainLoss < result.Epochs[0].TrainLoss);
    }

    [Fact]
    public void Checkpoints_SecondStart_HasNothingLeftToDo()
    {
        string folder = Directory.CreateTempSubdirectory("gpurnn").FullName;
        try
        {
            string path = Path.Combine(folder, "run.safetensors");
            Assert.Equal(5, Start(path).Epochs.Count);
            Assert.Equal(5, Start(path).Epochs.Count);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private TrainingResult Start(string path)
    {
        using Sequential model = new(new LastStep(_device), new Dense(_device, 2, 1, new RandomSource(1)));
        using Adam optimizer = new(model.Parameters);
        ArrayBatchSource data = ArrayBatchSource.ForValues(TestDevice.Values(32, 1), 1, 2, TestDevice.Values(16, 2), 1, 4);

        // <example:Checkpoints>
        Trainer trainer = new(model, optimizer, new TrainerOptions
        {
            Epochs = 5,
            Schedule = new Cosine(1e-3f, length: 5),
            CheckpointPath = path,
            CheckpointEverySteps = 100,
        });
        TrainingResult result = trainer.Fit(data, resume: Checkpoint.LoadIfPresent(path));
        // </example:Checkpoints>

        return result;
    }
}
