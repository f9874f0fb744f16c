using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

/// <summary>Batches of sequences of different lengths.</summary>
public sealed class SequenceBatchSourceTests
{
    private static readonly int[] s_lengths = [4, 0, 7, 1, 3, 9, 2, 5, 8, 6, 9];

    [Theory]
    [InlineData(PaddingSide.Right, 1, false)]
    [InlineData(PaddingSide.Left, 2, true)]
    [InlineData(PaddingSide.Right, 3, true)]
    public void Epoch_HoldsEverySequenceOnceAtTheStepsOfItsMask(PaddingSide padding, int batchesPerBucket, bool shuffle)
    {
        SequenceBatchOptions options = new()
        {
            BatchSize = 3, Padding = padding, BatchesPerBucket = batchesPerBucket, Shuffle = shuffle, TimeStepMultiple = 2,
        };
        SequenceBatchSource source = Source(options);
        RandomSource random = new(3);
        for (int epoch = 0; epoch < 2; epoch++)
        {
            source.StartEpoch(random);
            List<int> seen = [];
            for (int index = 0; index < source.BatchCount; index++)
            {
                seen.AddRange(Read(source.GetBatch(index), padding));
            }

            Assert.Equal([.. Enumerable.Range(0, s_lengths.Length)], seen.Order());
            Assert.Equal(shuffle, !seen.SequenceEqual(seen.Order()));
        }
    }

    [Fact]
    public void StartEpoch_OfTheSameRandomState_GivesTheSameOrder()
    {
        SequenceBatchOptions options = new() { BatchSize = 2, BatchesPerBucket = 2 };
        SequenceBatchSource used = Source(options);
        RandomSource random = new(5);
        used.StartEpoch(random);
        float[] first = FirstInputs(used);
        RandomState state = random.State;
        used.StartEpoch(random);
        float[] second = FirstInputs(used);

        SequenceBatchSource fresh = Source(options);
        RandomSource resumed = new(99) { State = state };
        fresh.StartEpoch(resumed);

        Assert.NotEqual(first, second);
        Assert.Equal(second, FirstInputs(fresh));
    }

    [Fact]
    public void Buckets_HoldLessPaddingThanBatchesInRandomOrder()
    {
        int Padding(int batchesPerBucket)
        {
            SequenceBatchSource source = Source(new() { BatchSize = 2, BatchesPerBucket = batchesPerBucket });
            source.StartEpoch(new RandomSource(1));
            return Enumerable.Range(0, source.BatchCount).Select(source.GetBatch).Sum(batch => (batch.Mask!.TimeSteps * batch.SequenceCount) - batch.Mask.PresentCount);
        }

        Assert.True(Padding(6) < Padding(3) && Padding(3) < Padding(1), $"{Padding(6)}, {Padding(3)}, {Padding(1)}");
    }

    /// <summary>Sorting by length would otherwise serve short sequences first, and those of one length together in every epoch.</summary>
    [Fact]
    public void Buckets_AreServedInRandomOrder_AndSequencesOfOneLengthInRandomCompany()
    {
        SequenceBatchSource source = Source(new() { BatchSize = 2, BatchesPerBucket = 6 });
        RandomSource random = new(3);
        source.StartEpoch(random);
        int[] steps = [.. Enumerable.Range(0, source.BatchCount).Select(index => source.GetBatch(index).Mask!.TimeSteps)];
        Assert.NotEqual(steps.Order(), steps);

        SequenceBatchSource alike = SequenceBatchSource.ForClasses(
            [.. Enumerable.Range(0, 12).Select(number => new[] { number })], new int[12], new() { BatchSize = 2, BatchesPerBucket = 6 });
        alike.StartEpoch(new RandomSource(1));
        Assert.Contains(
            Enumerable.Range(0, alike.BatchCount).Select(alike.GetBatch).Select(batch => (int)batch.Inputs[0] ^ (int)batch.Inputs[1]), difference => difference != 1);
    }

    /// <summary>Means over present targets: however the sequences are cut into batches and padded, the loss is that of the sequences one by one.</summary>
    [Theory]
    [InlineData(PaddingSide.Right)]
    [InlineData(PaddingSide.Left)]
    public void Evaluate_PaddedBatches_GivesTheLossOfTheSequencesOneByOne(PaddingSide padding)
    {
        using Device device = TestDevice.Open();
        RandomSource random = new(2);
        RecurrentOptions layer = new() { InputSize = 2, HiddenSize = 5, Bidirectional = true };
        using Sequential model = new(new Recurrent(device, Cells.Gru(), layer, random), new Dense(device, 10, 9, random));
        using Adam optimizer = new(model.Parameters, 0.01f);
        Trainer trainer = new(model, optimizer, new TrainerOptions { Loss = Losses.SoftmaxCrossEntropy, Epochs = 2 });

        double alone = trainer.Evaluate(Source(new() { BatchSize = 1, Shuffle = false }));
        double padded = trainer.Evaluate(Source(new() { BatchSize = 4, Shuffle = false, Padding = padding, TimeStepMultiple = 5 }));

        Assert.InRange(padded, alone - 1e-6, alone + 1e-6);
        TrainingResult result = trainer.Fit(Source(new() { BatchSize = 4, BatchesPerBucket = 3, Padding = padding }));
        Assert.True(result.Epochs[1].TrainLoss < alone, $"{result.Epochs[1].TrainLoss} after training, {alone} before");
    }

    [Fact]
    public void EvaluateAndFit_ValuesOfSteps_CountThePresentOnesAlone()
    {
        using Device device = TestDevice.Open();
        using Sequential model = ForValues(device);
        using Adam optimizer = new(model.Parameters, 0.01f);
        Trainer trainer = new(model, optimizer, new TrainerOptions { Epochs = 1 });

        double alone = trainer.Evaluate(Values(new() { BatchSize = 1, Shuffle = false }));
        double padded = trainer.Evaluate(Values(new() { BatchSize = 11, Shuffle = false, Padding = PaddingSide.Left }));

        Assert.InRange(padded, alone - 1e-6, alone + 1e-6);
        Assert.Equal(padded, trainer.Fit(Values(new() { BatchSize = 11, Shuffle = false })).Epochs[0].TrainLoss, 1e-6);
    }

    [Fact]
    public void Fit_BatchWithoutATarget_IsPassedOver()
    {
        using Device device = TestDevice.Open();
        using Sequential model = ForValues(device);
        using Adam optimizer = new(model.Parameters, 0.01f);
        Trainer trainer = new(model, optimizer, new TrainerOptions { Loss = Losses.SoftmaxCrossEntropy, Epochs = 1 });
        SequenceBatchOptions options = new() { BatchSize = 1, Shuffle = false };
        SequenceBatchSource source = SequenceBatchSource.ForStepClasses(
            [[0.1f, 0.2f], [0.1f, 0.2f, 0.3f, 0.4f]], 2, [[Losses.DefaultIgnoreIndex], [1, 0]], options);
        double expected = trainer.Evaluate(SequenceBatchSource.ForStepClasses([[0.1f, 0.2f, 0.3f, 0.4f]], 2, [[1, 0]], options));

        Assert.Equal(expected, trainer.Evaluate(source));
        Assert.Equal(expected, trainer.Fit(source).Epochs[0].TrainLoss, 1e-6);
    }

    [Fact]
    public void Sequences_OfTokensAndOfValues_HaveTheirShapes()
    {
        SequenceBatchOptions options = new() { BatchSize = 2, Shuffle = false };
        Batch tokens = SequenceBatchSource.ForClasses([[7, 8, 9], [5]], [1, 0], options).GetBatch(0);
        Assert.Equal([3, 2], tokens.InputShape);
        Assert.Equal([7.0f, 5.0f, 8.0f, 0.0f, 9.0f, 0.0f], tokens.Inputs);
        Assert.Equal([1, 0], tokens.Classes);
        Batch values = SequenceBatchSource.ForValues([[1.0f, 2.0f], [3.0f]], 1, [[4.0f, 5.0f], [6.0f, 7.0f]], 2, options).GetBatch(0);
        Assert.Equal([2, 2, 1], values.InputShape);
        Assert.Equal([2, 2], values.TargetShape);
        Assert.Equal([4.0f, 5.0f, 6.0f, 7.0f], values.Targets);
        Assert.Equal(2.0, values.LossWeight);
        Batch steps = SequenceBatchSource.ForStepValues([[1.0f, 2.0f], [3.0f]], 1, [[4.0f, 5.0f], [6.0f]], 1, options).GetBatch(0);
        Assert.Equal([2, 2, 1], steps.TargetShape);
        Assert.Equal([4.0f, 6.0f, 5.0f, 0.0f], steps.Targets);
        Assert.Equal(3.0, steps.LossWeight);
        Batch classes = SequenceBatchSource.ForStepClasses([[7, 8], [5]], [[3, Losses.DefaultIgnoreIndex], [2]], options).GetBatch(0);
        Assert.Equal([3, 2, Losses.DefaultIgnoreIndex, Losses.DefaultIgnoreIndex], classes.Classes);
        Assert.Equal(2.0, classes.LossWeight);
    }

    [Fact]
    public void Sequences_ThatDoNotFit_AreRefusedByName()
    {
        SequenceBatchOptions options = new();
        Assert.Contains(
            "sequence 1 has 3 values", Assert.Throws<ArgumentException>(() => SequenceBatchSource.ForClasses([[1f, 2f], [1f, 2f, 3f]], 2, [0, 1], options)).Message);
        Assert.Contains("1 targets arrived, but there are 2", Assert.Throws<ArgumentException>(() => SequenceBatchSource.ForClasses([[1], [2]], [0], options)).Message);
        Assert.Contains(
            "target of sequence 1 has 1 numbers, but 2", Assert.Throws<ArgumentException>(() => SequenceBatchSource.ForStepClasses([[1], [2, 3]], [[0], [1]], options)).Message);
        Assert.Contains("number of sequences is 0", Assert.Throws<ArgumentOutOfRangeException>(() => SequenceBatchSource.ForClasses(new int[0][], [], options)).Message);
        Assert.Contains(
            "BatchesPerBucket is 0",
            Assert.Throws<ArgumentOutOfRangeException>(() => SequenceBatchSource.ForClasses([[1]], [0], new() { BatchesPerBucket = 0 })).Message);
        Assert.Contains("index is 1", Assert.Throws<ArgumentOutOfRangeException>(() => SequenceBatchSource.ForClasses([[1]], [0], options).GetBatch(1)).Message);
    }

    // Sequence n has the inputs (n, step + 1) and the classes of its steps' numbers.
    private static SequenceBatchSource Source(SequenceBatchOptions options)
    {
        float[][] inputs = [.. s_lengths.Select((length, sequence) =>
            Enumerable.Range(0, length).SelectMany(step => new[] { 0.1f * sequence, 0.1f * (step + 1) }).ToArray())];
        return SequenceBatchSource.ForStepClasses(inputs, 2, [.. s_lengths.Select(length => Enumerable.Range(0, length).ToArray())], options);
    }

    // Values to predict that are the inputs.
    private static SequenceBatchSource Values(SequenceBatchOptions options)
    {
        float[][] inputs = [.. s_lengths.Select((length, sequence) => TestDevice.Values(length * 2, (ulong)(sequence + 1)))];
        return SequenceBatchSource.ForStepValues(inputs, 2, inputs, 2, options);
    }

    private static Sequential ForValues(Device device)
    {
        RandomSource random = new(2);
        return new Sequential(new Recurrent(device, Cells.Gru(), new() { InputSize = 2, HiddenSize = 5 }, random), new Dense(device, 5, 2, random));
    }

    private static float[] FirstInputs(SequenceBatchSource source)
    {
        return [.. Enumerable.Range(0, source.BatchCount).SelectMany(index => source.GetBatch(index).Inputs)];
    }

    /// <summary>Which sequences a batch holds, after a look at every number in it.</summary>
    private static List<int> Read(Batch batch, PaddingSide padding)
    {
        SequenceMask mask = batch.Mask!;
        Assert.Equal([mask.TimeSteps, mask.BatchSize, 2], batch.InputShape);
        Assert.Equal(0, mask.TimeSteps % 2);
        List<int> sequences = [];
        for (int row = 0; row < mask.BatchSize; row++)
        {
            int length = mask.Lengths[row];
            int first = padding == PaddingSide.Left ? mask.TimeSteps - length : 0;
            int sequence = length == 0 ? 1 : (int)Math.Round(10.0f * batch.Inputs[((first * mask.BatchSize) + row) * 2]);
            Assert.Equal(s_lengths[sequence], length);
            sequences.Add(sequence);
            for (int step = 0; step < mask.TimeSteps; step++)
            {
                int place = (step * mask.BatchSize) + row;
                bool isPresent = step >= first && step < first + length;
                Assert.Equal(isPresent, mask.IsPresent(step, row));
                Assert.Equal(isPresent ? 0.1f * sequence : 0.0f, batch.Inputs[2 * place]);
                Assert.Equal(isPresent ? 0.1f * (step - first + 1) : 0.0f, batch.Inputs[(2 * place) + 1]);
                Assert.Equal(isPresent ? step - first : Losses.DefaultIgnoreIndex, batch.Classes[place]);
            }
        }

        Assert.Equal(mask.PresentCount, batch.LossWeight);
        return sequences;
    }
}
