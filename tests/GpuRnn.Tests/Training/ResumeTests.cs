using GpuRnn.Devices.Cpu;
using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

/// <summary>Checkpoints that the trainer writes by itself: those of every optimizer and schedule, and files that are not whole.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly CpuDevice _device = TestDevice.Open();
    private readonly string _folder = Directory.CreateTempSubdirectory("gpurnn").FullName;

    public static TheoryData<string, int> OptimizersAndSchedules
    {
        get
        {
            TheoryData<string, int> data = [];
            for (int i = 0; i < Optimizers.Names.Count; i++)
            {
                data.Add(Optimizers.Names[i], i % 5);
            }

            return data;
        }
    }

    private string CheckpointFile => Path.Combine(_folder, "checkpoint.safetensors");

    public void Dispose()
    {
        _device.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(OptimizersAndSchedules))]
    public void Resume_OfEveryOptimizerAndSchedule_GivesTheBitsOfAnUnbrokenRun(string optimizer, int schedule)
    {
        using TrainerRun whole = new(_device, optimizer: optimizer, schedule: Schedule(schedule), batchesPerStep: 2);
        TrainingResult expected = whole.Fit();

        // Four steps an epoch; stopped after six, so that the last checkpoint is that of the fifth.
        using (TrainerRun interrupted = new(
            _device, optimizer: optimizer, schedule: Schedule(schedule), checkpointPath: CheckpointFile, checkpointEverySteps: 5, batchesPerStep: 2))
        {
            Assert.Throws<InvalidOperationException>(() => interrupted.Fit(new ThrowingProgress(6)));
        }

        using TrainerRun resumed = new(_device, modelSeed: 99, optimizer: optimizer, schedule: Schedule(schedule), batchesPerStep: 2);
        TrainingResult actual = resumed.Fit(resume: Checkpoint.LoadIfPresent(CheckpointFile));
        Assert.Equal(expected.Epochs, actual.Epochs);
        AssertSameBits(whole, resumed);
    }

    [Fact]
    public void LoadIfPresent_WithoutAFile_IsNull()
    {
        Assert.Null(Checkpoint.LoadIfPresent(CheckpointFile));
    }

    [Fact]
    public void Fit_WithACheckpointPath_EndsWithOneThatHasNothingLeftToDo()
    {
        File.WriteAllText(CheckpointFile + ".0123.tmp", "left by a killed process");
        using TrainerRun run = new(_device, checkpointPath: CheckpointFile);
        TrainingResult expected = run.Fit();
        Assert.Equal([CheckpointFile], Directory.GetFiles(_folder));
        using TrainerRun again = new(_device, modelSeed: 99, checkpointPath: CheckpointFile);
        StepCounter counter = new(int.MaxValue, null);
        TrainingResult actual = again.Fit(counter, resume: Checkpoint.Load(CheckpointFile));
        Assert.Empty(counter.Reports);
        Assert.Equal(expected.Epochs, actual.Epochs);
        AssertSameBits(run, again);
    }

    [Fact]
    public void Resume_WithOtherOptions_NamesBoth()
    {
        using TrainerRun run = new(_device, epochs: 1);
        run.Fit();
        Checkpoint checkpoint = run.Trainer.CaptureCheckpoint();
        using TrainerRun larger = new(_device, batchesPerStep: 2);
        using TrainerRun constant = new(_device, schedule: new Constant(0.1f));
        using TrainerRun reseeded = new(_device, seed: 6);
        using TrainerRun again = new(_device);

        Assert.Contains("BatchesPerStep 1, but this one has 2", Assert.Throws<FormatException>(() => larger.Fit(resume: checkpoint)).Message);
        Assert.Contains("Schedule Cosine, but this one has Constant", Assert.Throws<FormatException>(() => constant.Fit(resume: checkpoint)).Message);
        Assert.Contains(
            "BatchCount 7, but this one has 2",
            Assert.Throws<FormatException>(() => again.Trainer.Fit(ArrayBatchSource.ForValues(new float[12], 2, 3, [0.0f, 0.0f], 1, 1), resume: checkpoint)).Message);
        Assert.Contains("Seed 5, but this one has 6", Assert.Throws<FormatException>(() => reseeded.Fit(resume: checkpoint)).Message);
    }

    [Fact]
    public void Resume_BehindTheLastStepOfAnEpoch_RecordsTheEpochOfAnUnbrokenRun()
    {
        TrainerRun Create(string? path) => new(_device, schedule: new OneCycle(0.1f, 21), checkpointPath: path, checkpointEverySteps: 7);
        using TrainerRun whole = Create(null);
        TrainingResult expected = whole.Fit();
        using (TrainerRun interrupted = Create(CheckpointFile))
        {
            Assert.Throws<InvalidOperationException>(() => interrupted.Fit(new ThrowingProgress(7)));
        }

        using TrainerRun resumed = Create(null);
        Assert.Equal(expected.Epochs, resumed.Fit(resume: Checkpoint.Load(CheckpointFile)).Epochs);
        AssertSameBits(whole, resumed);
    }

    [Fact]
    public void Fit_Cancelled_LeavesACheckpointOfItsLatestStep()
    {
        using TrainerRun whole = new(_device);
        whole.Fit();
        using TrainerRun cancelled = new(_device, checkpointPath: CheckpointFile);
        using CancellationTokenSource cancellation = new();
        cancelled.Fit(new StepCounter(10, cancellation), cancellation.Token);
        using TrainerRun resumed = new(_device);
        StepCounter counter = new(int.MaxValue, null);
        resumed.Fit(counter, resume: Checkpoint.Load(CheckpointFile));

        Assert.Equal((2, 4), (counter.Reports[0].Epoch, counter.Reports[0].Step));
        AssertSameBits(whole, resumed);
    }

    [Fact]
    public void Resume_CountsTheTimeOfTheRunBefore()
    {
        using TrainerRun run = new(_device, epochs: 1);
        run.Fit();
        Checkpoint checkpoint = run.Trainer.CaptureCheckpoint();
        checkpoint.State.SetInteger("elapsedTicks", TimeSpan.FromHours(1).Ticks);
        using TrainerRun resumed = new(_device, epochs: 1);

        Assert.InRange(resumed.Fit(resume: checkpoint).Elapsed, TimeSpan.FromHours(1), TimeSpan.FromHours(2));
    }

    /// <summary>A run that is cancelled leaves the weights of its latest step.</summary>
    [Fact]
    public void Fit_Cancelled_NamesTheLatestEpoch()
    {
        using TrainerRun run = new(_device, epochs: 50, learningRate: 3.0f, schedule: new Constant(3.0f));
        using CancellationTokenSource cancellation = new();
        TrainingResult result = run.Fit(new StepCounter(23, cancellation), cancellation.Token);
        Assert.Equal((TrainingEnd.Cancelled, 3), (result.End, result.BestEpoch));
        ArrayBatchSource other = ArrayBatchSource.ForValues(new float[12], 2, 3, [0.0f, 0.0f], 1, 1);
        Assert.Contains("behind step 2 of an epoch of 7 batches", Assert.Throws<InvalidOperationException>(() => run.Trainer.Fit(other)).Message);
    }

    [Fact]
    public void Resume_OfALossThatDraws_GivesTheBitsOfAnUnbrokenRun()
    {
        float[] Run(int? interruptAfter)
        {
            Checkpoint? checkpoint = null;
            for (int part = interruptAfter is null ? 1 : 0; ; part++)
            {
                using Dense model = new(_device, 1, 1, new RandomSource(1));
                using Sgd optimizer = new(model.Parameters, 0.1f);
                RandomSource[] noise = [new(2), new(3)];
                Trainer trainer = new(model, optimizer, new()
                {
                    Epochs = 2,
                    RandomSources = noise,
                    Loss = (tape, output, batch) => Losses.MeanSquaredError(tape, output, tape.Input([noise[0].NextGaussian() - (2.0f * noise[1].NextGaussian())], output.Shape)),
                });
                using CancellationTokenSource cancellation = new();
                trainer.Fit(
                    ArrayBatchSource.ForValues([1.0f, 2.0f, 3.0f], 1, 1, [0.0f, 0.0f, 0.0f], 1, 1),
                    null,
                    new StepCounter(part == 0 ? interruptAfter!.Value : int.MaxValue, cancellation),
                    cancellation.Token,
                    checkpoint);
                if (part == 1)
                {
                    return model.Parameters[0].Value.ToArray();
                }

                checkpoint = trainer.CaptureCheckpoint();
            }
        }

        Assert.Equal(Run(null), Run(4));
    }

    [Fact]
    public void Load_OfAFileCutAnywhere_IsRefused()
    {
        byte[] whole = WriteOne();
        int header = 8 + (int)BitConverter.ToUInt64(whole);
        HashSet<int> lengths = [0, 1, 7, 8, 9, header / 2, header - 1, header, header + 1, whole.Length - 4, whole.Length - 1];

        // Ends of tensors lie on multiples of four bytes; so do the ends of what a disk writes at once.
        for (int length = header; length < whole.Length; length += 4)
        {
            lengths.Add(length);
        }

        foreach (int length in lengths)
        {
            File.WriteAllBytes(CheckpointFile, whole[..length]);
            Assert.ThrowsAny<IOException>(() => Checkpoint.Load(CheckpointFile));
        }

        File.WriteAllBytes(CheckpointFile, [.. whole, 0]);
        Assert.ThrowsAny<IOException>(() => Checkpoint.Load(CheckpointFile));
        File.WriteAllBytes(CheckpointFile, whole);
        Checkpoint.Load(CheckpointFile);
    }

    [Fact]
    public void Load_OfAFileWithAHole_SaysThatItIsNotWhole()
    {
        byte[] holed = WriteOne();
        Array.Clear(holed, holed.Length - 64, 64);
        File.WriteAllBytes(CheckpointFile, holed);
        Assert.Contains("not written whole", Assert.ThrowsAny<IOException>(() => Checkpoint.Load(CheckpointFile)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfAFileWithAnyBitChanged_IsRefused()
    {
        byte[] whole = WriteOne();
        for (int i = 0; i < whole.Length; i += 1 + (i % 5))
        {
            byte[] changed = [.. whole];
            changed[i] ^= (byte)(1 << (i % 8));
            File.WriteAllBytes(CheckpointFile, changed);
            if (IsWhitespace(whole, i))
            {
                continue;
            }

            Assert.ThrowsAny<IOException>(() => Checkpoint.Load(CheckpointFile));
        }
    }

    // Padding behind the header says nothing.
    private static bool IsWhitespace(byte[] file, int index)
    {
        return file[index] == ' ' && index < 8 + (int)BitConverter.ToUInt64(file);
    }

    private static LearningRateSchedule Schedule(int which)
    {
        return which switch
        {
            0 => new LinearWarmup(new StepDecay(0.05f, 1, 0.5f), 3),
            1 => new OneCycle(0.1f, 12),
            2 => new Noam(4, 5, 0.2f),
            3 => new ScheduleSequence(new Constant(0.01f), 6, ScheduleUnit.Step, new Cosine(0.05f, 8, unit: ScheduleUnit.Step)),
            _ => new ReduceOnPlateau(0.05f, patience: 0),
        };
    }

    private static void AssertSameBits(TrainerRun expected, TrainerRun actual)
    {
        for (int i = 0; i < expected.Model.Parameters.Count; i++)
        {
            Parameter parameter = expected.Model.Parameters[i];
            ElementwiseAssert.SameBits(parameter.Value.ToArray(), actual.Model.Parameters[i].Value.ToArray(), parameter.Name);
        }
    }

    private byte[] WriteOne()
    {
        using TrainerRun run = new(_device, hidden: 2, epochs: 1);
        run.Fit();
        run.Trainer.CaptureCheckpoint().Save(CheckpointFile);
        return File.ReadAllBytes(CheckpointFile);
    }

    private sealed class ThrowingProgress(int afterSteps) : IProgress<TrainingProgress>
    {
        private int _steps;

        public void Report(TrainingProgress value)
        {
            if (++_steps == afterSteps)
            {
                throw new InvalidOperationException("interrupted");
            }
        }
    }
}
