using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

/// <summary>Full backpropagation through time in pieces that are run again.</summary>
public sealed class RecomputationTests
{
    [Theory]
    [InlineData("lstm", 13, 4)]
    [InlineData("gru", 12, 4)]
    [InlineData("lstm", 5, 5)]
    [InlineData("elman", 5, 1)]
    public void Run_GivesTheBitsOfARunThatKeepsAll(string cell, int timeSteps, int steps)
    {
        using Device device = TestDevice.Open();
        CompareWithAll(device, Cells.Parse(cell), timeSteps, steps);
    }

    [OpenClFact]
    public void RunOnOpenCl_GivesTheBitsOfARunThatKeepsAll()
    {
        using Device device = DeviceCatalog.Open(OpenClTestDevice.Information.Id);
        CompareWithAll(device, Cells.Lstm, 13, 4);
    }

    /// <summary>One pass over the whole sequence adds up the rows of a weight's gradient in another order.</summary>
    [Fact]
    public void Run_WithoutDropout_GivesTheGradientsOfOneWholePass()
    {
        using Device device = TestDevice.Open();
        Batch batch = LongSequence.Create(20, 3);
        using Sequential whole = LongSequence.Model(device, Cells.Lstm, isStateful: false);
        using Sequential cut = LongSequence.Model(device, Cells.Lstm);
        using Tape tape = new(device);
        Tensor loss = Losses.SoftmaxCrossEntropy(tape, whole.Forward(tape, tape.Input(batch.Inputs, batch.InputShape)), batch);
        tape.Backward(loss);
        using RecomputedBackpropagation backpropagation = new(cut, Losses.SoftmaxCrossEntropy);

        double actual = backpropagation.Run(new BatchChunks(batch, 5));

        Assert.InRange(actual, loss.Item() - 1e-6, loss.Item() + 1e-6);
        float[][] expected = LongSequence.Gradients(whole);
        for (int i = 0; i < expected.Length; i++)
        {
            ElementwiseAssert.Close(
                expected[i], cut.Parameters[i].Gradient.ToArray(), Tolerances.Single(60 * 20, 4), $"gradient of {whole.Parameters[i].Name}");
        }
    }

    /// <summary>A piece counts by what its own loss is a mean over, which a number of classes does not tell.</summary>
    [Theory]
    [InlineData("class weights", true)]
    [InlineData("mask", true)]
    [InlineData("mask", false)]
    [InlineData("target weights", true)]
    [InlineData("target weights", false)]
    public void Run_OfWeightedTargets_GivesTheGradientsOfOneWholePass(string kind, bool isAlone)
    {
        using Device device = TestDevice.Open();
        Batch plain = LongSequence.Create(20, 3);
        bool isWeighted = kind == "target weights";
        Batch batch = new()
        {
            Inputs = plain.Inputs,
            InputShape = plain.InputShape,
            Classes = [.. plain.Classes.Select((one, i) => isWeighted && i % 7 == 0 ? Losses.DefaultIgnoreIndex : one)],
            Mask = kind == "mask" ? SequenceMask.FromLengths(20, 14, 7, 3) : null,
            TargetWeights = isWeighted ? [.. Enumerable.Range(0, 60).Select(i => i % 5)] : null,
            SequenceCount = 3,
        };
        float[]? classWeights = kind == "class weights" ? [0.2f, 3.0f, 1.0f, 5.0f] : null;
        LossFunction loss = (tape, output, part) => Losses.SoftmaxCrossEntropy(tape, output, part, 0.0f, classWeights);
        using Sequential whole = LongSequence.Model(device, Cells.Lstm, isStateful: false);
        using Sequential cut = LongSequence.Model(device, Cells.Lstm);
        using Tape tape = new(device);
        using StepGradients all = new(
            whole, (tape, part) => loss(tape, whole.Forward(tape, tape.Input(part.Inputs, part.InputShape), part.Mask), part), new());
        using StepGradients pieces = new(cut, (_, _) => throw new InvalidOperationException(), new() { Loss = loss, RecomputeSteps = 5 });

        (double expectedSum, double expectedWeight) = all.Run(tape, batch, isAlone);
        (double sum, double weight) = pieces.Run(tape, batch, isAlone);

        Assert.Equal(expectedWeight, weight, 4);
        Assert.InRange(sum, expectedSum * (1 - 1e-5), expectedSum * (1 + 1e-5));
        float[][] expected = LongSequence.Gradients(whole);
        for (int i = 0; i < expected.Length; i++)
        {
            ElementwiseAssert.Close(
                expected[i], cut.Parameters[i].Gradient.ToArray(), Tolerances.Single(60 * 20, isAlone ? 4 : 400), $"gradient of {whole.Parameters[i].Name}");
        }
    }

    [Fact]
    public void Run_WhereARowBeginsAnew_ForgetsItInBothRuns()
    {
        using Device device = TestDevice.Open();
        using Sequential model = LongSequence.Model(device, Cells.Lstm);
        Batch whole = LongSequence.Create(6, 2);
        Batch[] pieces = [.. new[] { 0, 2, 4 }.Select(start => TimeSlices.Slice(whole, start, 2))];
        pieces[1].Continues![0] = false;
        using Tape tape = new(device);
        Tensor? sum = null;
        foreach (Batch piece in pieces)
        {
            piece.Continue(model);
            Tensor loss = Losses.SoftmaxCrossEntropy(tape, model.Forward(tape, tape.Input(piece.Inputs, piece.InputShape)), piece);
            sum = sum is null ? loss : Add.Forward(tape, sum, loss);
        }

        Tensor mean = Scale.Forward(tape, sum!, 1.0f / pieces.Length);
        tape.Backward(mean);
        double expectedLoss = mean.Item();
        tape.Reset();
        float[][] expected = LongSequence.Gradients(model);
        LongSequence.Clear(model);
        using RecomputedBackpropagation backpropagation = new(model, Losses.SoftmaxCrossEntropy);

        double actual = backpropagation.Run(new Pieces(pieces));

        Assert.InRange(actual, expectedLoss - 1e-6, expectedLoss + 1e-6);
        for (int i = 0; i < expected.Length; i++)
        {
            ElementwiseAssert.Close(expected[i], model.Parameters[i].Gradient.ToArray(), Tolerances.Single(200, 4), model.Parameters[i].Name);
        }
    }

    [Fact]
    public void Run_RunsEveryStepForwardTwiceAtMost()
    {
        using Device device = TestDevice.Open();
        using StepCountingLayer counter = new(device);
        RecurrentOptions options = new() { InputSize = LongSequence.InputSize, HiddenSize = LongSequence.Classes, IsStateful = true };
        using Sequential model = new(counter, new Recurrent(device, Cells.Gru(), options, new RandomSource(1)));
        using RecomputedBackpropagation backpropagation = new(model, Losses.SoftmaxCrossEntropy);

        backpropagation.Run(new BatchChunks(LongSequence.Create(30, 2), 6));

        Assert.Equal(30 + 24, counter.Steps);
    }

    /// <summary>16 times the steps need 4 times the memory; a run that keeps all would need 16 times.</summary>
    [Fact]
    public void Run_MemoryGrowsWithTheRootOfTheSteps()
    {
        long few = PeakBytes(256);
        long many = PeakBytes(256 * 16);
        Assert.True(many < 5 * few, $"{few} bytes for 256 steps, {many} for 4096");
    }

    [Fact]
    public void Fit_WithOneTargetAtTheEnd_FollowsTheTrainerThatKeepsAll()
    {
        using Device device = TestDevice.Open();
        double[] Losses(int? recomputeSteps)
        {
            RandomSource random = new(4);
            RecurrentOptions options = new() { InputSize = 1, HiddenSize = 6, IsStateful = true };
            using Sequential model = new(new Recurrent(device, Cells.Lstm, options, random), new LastStep(device), new Dense(device, 6, 1, random));
            using Adam optimizer = new(model.Parameters, 0.01f);
            float[] inputs = TestDevice.Values(8 * 18, 5);
            ArrayBatchSource source = ArrayBatchSource.ForValues(inputs, 18, 1, [.. Enumerable.Range(0, 8).Select(i => inputs[i * 18])], 1, 4);
            Trainer trainer = new(model, optimizer, new TrainerOptions { Epochs = 3, RecomputeSteps = recomputeSteps });
            return [.. trainer.Fit(source, source).Epochs.SelectMany(epoch => new[] { epoch.TrainLoss, epoch.ValidationLoss!.Value })];
        }

        double[] expected = Losses(null);
        Assert.All(Losses(0).Zip(expected), pair => Assert.InRange(pair.First, pair.Second * (1 - 1e-4), pair.Second * (1 + 1e-4)));
    }

    /// <summary>Row 1 has no step in the first two pieces, and the statistics are those of the last steps alone.</summary>
    [Fact]
    public void Run_WithOneTargetAtTheEnd_RunsWhatStandsBehindThePickedStepsOnce()
    {
        using Device device = TestDevice.Open();
        Batch batch = new()
        {
            Inputs = TestDevice.Values(9 * 3 * 2, 3),
            InputShape = [9, 3, 2],
            Mask = SequenceMask.LeftPadded(9, 9, 2, 5),
            Targets = [1.0f, 2.0f, 3.0f],
            TargetShape = [3, 1],
            SequenceCount = 3,
        };
        float[][] Values(int? recomputeSteps, int? stepsBack)
        {
            RandomSource random = new(4);
            RecurrentOptions options = new() { InputSize = 2, HiddenSize = 4, IsStateful = true };
            using Sequential model = new(
                new Recurrent(device, Cells.Gru(), options, random), new LastStep(device), new BatchNorm(device, 4), new Dense(device, 4, 1, random));
            using StepGradients gradients = new(
                model,
                (tape, part) => Losses.MeanSquaredError(tape, model.Forward(tape, tape.Input(part.Inputs, part.InputShape), part.Mask), part),
                new() { RecomputeSteps = recomputeSteps, StepsBack = stepsBack });
            using Tape tape = new(device);
            for (int start = 0; start < 9; start += stepsBack is null ? 9 : 3)
            {
                gradients.Run(tape, stepsBack is null ? batch : TimeSlices.Slice(batch, start, 3), isAlone: true);
            }

            return [.. model.Parameters.SelectMany(parameter => new[] { parameter.Value.ToArray(), parameter.Gradient.ToArray() })];
        }

        float[][] expected = Values(null, null);
        foreach (float[][] actual in new[] { Values(3, null), Values(null, 9) })
        {
            for (int i = 0; i < expected.Length; i++)
            {
                ElementwiseAssert.Close(expected[i], actual[i], Tolerances.Single(9 * 3 * 10, 20), $"array {i}");
            }
        }
    }

    [Fact]
    public void Batch_ThatCannotBeCut_IsRefused()
    {
        SequenceMask mask = SequenceMask.FromLengths(4, 4, 2);
        Batch padded = new() { Inputs = new float[8], InputShape = [4, 2, 1], Mask = mask, Targets = [0.0f, 0.0f], TargetShape = [2, 1], SequenceCount = 2 };
        LabelledBatch labelled = new() { Inputs = new float[8], InputShape = [4, 2, 1], SequenceCount = 2, Labels = [[1], [2]] };

        Assert.Contains("row 1 ends at step 1", Assert.Throws<ArgumentException>(() => TimeSlices.Slice(padded, 2, 2)).Message);
        using Device device = TestDevice.Open();
        using TimeDistributed dense = new(new Dense(device, 2, 2, new RandomSource(1)));
        using TimeDistributed normalised = new(new BatchNorm(device, 2));
        Assert.Equal((true, false), (dense.CanBeCutInTime, normalised.CanBeCutInTime));
        Assert.Contains("a LabelledBatch is to be cut", Assert.Throws<ArgumentException>(() => TimeSlices.Slice(labelled, 0, 2)).Message);
    }

    [Fact]
    public void Slices_ShareOutTheWeightOfTheirBatch()
    {
        Batch batch = new() { Inputs = new float[8], InputShape = [4, 2, 1], Classes = [1, 2, -100, 1, 1, 1, 1, 1], SequenceCount = 2, LossWeight = 70.0 };

        Batch going = new() { Inputs = new float[8], InputShape = [4, 2, 1], SequenceCount = 2, Continues = [true, false] };
        Assert.Equal([true, false], TimeSlices.Slice(going, 0, 1).Continues!);
        Assert.Equal([true, true], TimeSlices.Slice(going, 1, 3).Continues!);
        Assert.Equal([10.0, 60.0], [TimeSlices.Slice(batch, 0, 1).LossWeight!.Value / 2.0, TimeSlices.Slice(batch, 1, 3).LossWeight!.Value * 1.2]);
    }

    [Fact]
    public void Model_ThatCannotBeCut_IsRefused()
    {
        using Device device = TestDevice.Open();
        using Sequential model = LongSequence.Model(device, Cells.Lstm, isStateful: false);
        Assert.Contains("Set IsStateful", Assert.Throws<ArgumentException>(() => new RecomputedBackpropagation(model, Losses.SoftmaxCrossEntropy)).Message);
        using Adam optimizer = new(model.Parameters, 0.01f);
        Assert.Contains(
            "leave one of them null", Assert.Throws<ArgumentException>(() => new Trainer(model, optimizer, new() { StepsBack = 3, RecomputeSteps = 0 })).Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Set IsStateful", Assert.Throws<ArgumentException>(() => new Trainer(model, optimizer, new() { StepsBack = 3 })).Message);
    }

    /// <summary>The same pieces one after another on one tape, which keeps everything until one backward pass.</summary>
    private static void CompareWithAll(Device device, Cell cell, int timeSteps, int steps)
    {
        // One row ends early, one begins late, one has a gap, and a piece of one has no step at all.
        bool[] flags = [.. Enumerable.Range(0, timeSteps * 3).Select(i => i % 3 == 0 ? i / 3 < timeSteps / 2 : i % 3 == 1 ? i / 3 > 0 : i / 3 != 2)];
        Batch batch = LongSequence.Create(timeSteps, 3, SequenceMask.FromFlags(timeSteps, 3, flags));
        BatchChunks chunks = new(batch, steps);
        using Sequential model = LongSequence.Model(device, cell, dropout: 0.3f);
        SavedState random = new();
        model.SaveState(random);
        using Tape tape = new(device);
        Tensor? sum = null;
        double mean = 0.0;
        for (int index = 0; index < chunks.Count; index++)
        {
            Batch chunk = chunks.GetChunk(index);
            Tensor output = model.Forward(tape, tape.Input(chunk.Inputs, chunk.InputShape), chunk.Mask);
            Tensor loss = Losses.SoftmaxCrossEntropy(tape, output, chunk);
            float share = (float)(chunk.LossWeight!.Value / batch.LossWeight!.Value);
            mean += loss.Item() * chunk.LossWeight.Value / batch.LossWeight.Value;
            Tensor term = Multiply.Forward(tape, loss, tape.Input([share], loss.Shape));
            sum = sum is null ? term : Add.Forward(tape, sum, term);
        }

        tape.Backward(sum!);
        tape.Reset();
        float[][] expected = LongSequence.Gradients(model);
        SavedState after = new();
        model.SaveState(after);
        LongSequence.Clear(model);
        model.LoadState(random);
        using RecomputedBackpropagation backpropagation = new(model, Losses.SoftmaxCrossEntropy);

        double actual = backpropagation.Run(chunks);

        Assert.InRange(actual, mean - 1e-9, mean + 1e-9);
        float[][] gradients = LongSequence.Gradients(model);
        for (int i = 0; i < expected.Length; i++)
        {
            ElementwiseAssert.SameBits(expected[i], gradients[i], $"gradient of {model.Parameters[i].Name}");
        }

        SavedState end = new();
        model.SaveState(end);
        Assert.Equal(after.Values, end.Values);
    }

    private static long PeakBytes(int timeSteps)
    {
        using Device device = TestDevice.Open();
        using Sequential model = LongSequence.Model(device, Cells.Lstm, hiddenSize: 16);
        long before = device.AllocatedBytes;
        using RecomputedBackpropagation backpropagation = new(model, Losses.SoftmaxCrossEntropy);
        Batch batch = LongSequence.Create(timeSteps, 1);
        backpropagation.Run(new BatchChunks(batch, BatchChunks.SquareRoot(timeSteps)));
        long peak = device.AllocatedBytes - before;
        backpropagation.Run(new BatchChunks(batch, BatchChunks.SquareRoot(timeSteps)));
        Assert.Equal(peak, device.AllocatedBytes - before);
        return peak;
    }

    private sealed class Pieces(Batch[] pieces) : ISequenceChunks
    {
        public int Count => pieces.Length;

        public Batch GetChunk(int index)
        {
            return pieces[index];
        }
    }
}
