using FsCheck;
using FsCheck.Fluent;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;
using GpuRnn.Tests.TestSupport;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

/// <summary>Truncated backpropagation through time: a step of training every k₁ steps, gradients through the last k₂.</summary>
public sealed class TruncationTests
{
    /// <summary>With weights that stay, the state k₂ steps back is that of the whole sequence, so each gradient can be computed directly.</summary>
    [Theory]
    [InlineData(2, 2)]
    [InlineData(2, 3)]
    [InlineData(2, 4)]
    [InlineData(3, 5)]
    [InlineData(3, 8)]
    [InlineData(4, 100)]
    public void Gradients_OfEveryBatch_FlowThroughTheLastSteps(int stepsBetween, int stepsBack)
    {
        using Device device = TestDevice.Open();
        CompareWithDirect(device, Cells.Lstm, LongSequence.Create(14, 3), stepsBetween, stepsBack);
    }

    [Fact]
    public void Gradients_OfAnyStepsBetweenAndBack_AndAnyLengths_FlowThroughTheLastSteps()
    {
        using Device device = TestDevice.Open();
        Gen<(bool IsLstm, int TimeSteps, int[] Lengths, int Between, int More)> cases =
            from isLstm in Gen.Elements(false, true)
            from timeSteps in Gen.Choose(1, 9)
            from batchSize in Gen.Choose(1, 3)
            from lengths in Gen.Choose(0, timeSteps).ArrayOf(batchSize)
            from between in Gen.Choose(1, 4)
            from more in Gen.Choose(0, 6)
            select (isLstm, timeSteps, (int[])[timeSteps, .. lengths], between, more);
        PropertyCheck.Run(cases, 15, one => CompareWithDirect(
            device,
            one.IsLstm ? Cells.Lstm : Cells.Gru(),
            LongSequence.Create(one.TimeSteps, one.Lengths.Length, SequenceMask.FromLengths(one.TimeSteps, one.Lengths)),
            one.Between,
            one.Between + one.More));
    }

    private static void CompareWithDirect(Device device, Cell cell, Batch whole, int stepsBetween, int stepsBack)
    {
        (int timeSteps, int batchSize) = (whole.InputShape[0], whole.InputShape[1]);
        using Sequential model = LongSequence.Model(device, cell);
        using Sequential plain = LongSequence.Model(device, cell, isStateful: false);
        using StepGradients gradients = new(model, (_, _) => throw new InvalidOperationException(), new() { Loss = Losses.SoftmaxCrossEntropy, StepsBack = stepsBack });
        using Tape tape = new(device);
        for (int start = 0; start < timeSteps; start += stepsBetween)
        {
            LongSequence.Clear(model);
            LongSequence.Clear(plain);
            int count = Math.Min(stepsBetween, timeSteps - start);
            (double sum, double weight) = gradients.Run(tape, TimeSlices.Slice(whole, start, count), isAlone: true);
            double actual = sum / weight;
            float expected = Direct(tape, plain, whole, start, count, Math.Max(0, start + count - stepsBack));

            Assert.InRange(actual, expected - 1e-5, expected + 1e-5);
            for (int i = 0; i < model.Parameters.Count; i++)
            {
                ElementwiseAssert.Close(
                    plain.Parameters[i].Gradient.ToArray(),
                    model.Parameters[i].Gradient.ToArray(),
                    Tolerances.Single(timeSteps * batchSize * 20, 4),
                    $"gradient of {model.Parameters[i].Name} at step {start}");
            }
        }
    }

    [Fact]
    public void Gradients_WhereARowBeginsAnew_DoNotGoOnToTheSequenceBefore()
    {
        using Device device = TestDevice.Open();
        using Sequential model = LongSequence.Model(device, Cells.Gru());
        Batch whole = LongSequence.Create(4, 1);
        using Tape tape = new(device);
        float[][] Run(bool continues)
        {
            using StepGradients gradients = new(model, (_, _) => throw new InvalidOperationException(), new() { Loss = Losses.SoftmaxCrossEntropy, StepsBack = 4 });
            gradients.Run(tape, TimeSlices.Slice(whole, 0, 2), isAlone: true);
            LongSequence.Clear(model);
            Batch second = TimeSlices.Slice(whole, 2, 2);
            second.Continues![0] = continues;
            gradients.Run(tape, second, isAlone: true);
            return LongSequence.Gradients(model);
        }

        float[][] anew = Run(continues: false);
        LongSequence.Clear(model);
        model.ResetState();
        Batch alone = TimeSlices.Slice(whole, 2, 2);
        tape.Backward(Losses.SoftmaxCrossEntropy(tape, model.Forward(tape, tape.Input(alone.Inputs, alone.InputShape)), alone));
        tape.Reset();

        float[][] expected = LongSequence.Gradients(model);
        for (int i = 0; i < expected.Length; i++)
        {
            ElementwiseAssert.Close(expected[i], anew[i], Tolerances.Single(200, 4), model.Parameters[i].Name);
        }

        Assert.NotEqual(expected[0], Run(continues: true)[0]);
    }

    /// <summary>Row 0 begins anew between batches that are run again; a source fills the arrays of one batch with the next.</summary>
    [Fact]
    public void Gradients_OfARowThatBeganAnewInThePast_EndThere_AndThoseOfOthersGoOn()
    {
        using Device device = TestDevice.Open();
        using Sequential model = LongSequence.Model(device, Cells.Lstm);
        Batch whole = LongSequence.Create(6, 2);
        Batch[] Pieces()
        {
            Batch[] pieces = [.. new[] { 0, 2, 4 }.Select(start => TimeSlices.Slice(whole, start, 2))];
            pieces[1].Continues![0] = false;
            return pieces;
        }

        using Tape tape = new(device);
        using StepGradients gradients = new(model, (_, _) => throw new InvalidOperationException(), new() { Loss = Losses.SoftmaxCrossEntropy, StepsBack = 6 });
        foreach (Batch piece in Pieces())
        {
            LongSequence.Clear(model);
            gradients.Run(tape, piece, isAlone: true);
            Array.Fill(piece.Inputs, float.NaN);
        }

        float[][] actual = LongSequence.Gradients(model);
        LongSequence.Clear(model);
        Batch last = Pieces()[2];
        Tensor? output = null;
        foreach (Batch piece in Pieces())
        {
            piece.Continue(model);
            output = model.Forward(tape, tape.Input(piece.Inputs, piece.InputShape));
        }

        tape.Backward(Losses.SoftmaxCrossEntropy(tape, output!, last));
        tape.Reset();
        float[][] expected = LongSequence.Gradients(model);
        for (int i = 0; i < expected.Length; i++)
        {
            ElementwiseAssert.Close(expected[i], actual[i], Tolerances.Single(200, 4), model.Parameters[i].Name);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(5)]
    public void Memory_DoesNotDependOnTheSteps(int? stepsBack)
    {
        Assert.Equal(PeakBytes(32, stepsBack), PeakBytes(256, stepsBack));
    }

    /// <summary>Carried states, and the batches behind which a step runs, are part of a checkpoint.</summary>
    [Theory]
    [InlineData(null, 5)]
    [InlineData(5, 6)]
    [InlineData(7, 9)]
    public void Resume_BetweenTwoPiecesOfASequence_GivesTheBitsOfAnUnbrokenRun(int? stepsBack, int interruptAfter)
    {
        using Device device = TestDevice.Open();
        float[][] Weights(int? interrupt)
        {
            Checkpoint? checkpoint = null;
            for (int part = interrupt is null ? 1 : 0; ; part++)
            {
                using Sequential model = LongSequence.Model(device, Cells.Lstm, dropout: 0.2f);
                using Adam optimizer = new(model.Parameters, 0.02f);
                Trainer trainer = new(model, optimizer, new() { Loss = Losses.SoftmaxCrossEntropy, Epochs = 2, StepsBack = stepsBack });
                using CancellationTokenSource source = new();
                StepCounter counter = new(part == 0 ? interrupt!.Value : int.MaxValue, source);
                trainer.Fit(new ChunkedBatchSource(new OneBatch(LongSequence.Create(14, 2)), 14, 2), null, counter, source.Token, checkpoint);
                if (part == 1)
                {
                    return [.. model.Parameters.Select(parameter => parameter.Value.ToArray())];
                }

                checkpoint = trainer.CaptureCheckpoint();
            }
        }

        float[][] expected = Weights(null);
        float[][] actual = Weights(interruptAfter);
        for (int i = 0; i < expected.Length; i++)
        {
            ElementwiseAssert.SameBits(expected[i], actual[i], $"parameter {i}");
        }
    }

    [Fact]
    public void Batches_ThatDoNotFit_AreRefused()
    {
        using Device device = TestDevice.Open();
        using Sequential model = LongSequence.Model(device, Cells.Lstm);
        using Adam optimizer = new(model.Parameters, 0.02f);
        Trainer trainer = new(model, optimizer, new() { Loss = Losses.SoftmaxCrossEntropy, StepsBack = 3 });
        Assert.Contains("k1 = 4 steps, but StepsBack is k2 = 3", Assert.Throws<InvalidOperationException>(() => trainer.Fit(new OneBatch(LongSequence.Create(4, 1)))).Message);
        ChunkedBatchSource source = new(new OneBatch(LongSequence.Create(4, 1)), 6, 2);
        Assert.Contains("has T=4, but all must have T=6", Assert.Throws<InvalidOperationException>(() => source.GetBatch(0)).Message);
        Assert.Contains("0 to 2", Assert.Throws<ArgumentOutOfRangeException>(() => source.GetBatch(3)).Message);
    }

    private static float Direct(Tape tape, Sequential model, Batch whole, int start, int count, int first)
    {
        Recurrent recurrent = (Recurrent)model.Modules[0];
        int batchSize = whole.InputShape[1];
        int width = batchSize * LongSequence.InputSize;
        using RecurrentState? state = first == 0 ? null
            : recurrent.Forward(tape, tape.Input(whole.Inputs.AsSpan(0, first * width), first, batchSize, LongSequence.InputSize), null, whole.Mask?.Slice(0, first)).State.Detach();
        tape.Reset();
        int steps = start + count - first;
        Tensor output = recurrent.Forward(
            tape, tape.Input(whole.Inputs.AsSpan(first * width, steps * width), steps, batchSize, LongSequence.InputSize), state, whole.Mask?.Slice(first, steps)).Output;
        Tensor own = SliceTime.Forward(tape, output, steps - count, count);
        Tensor loss = Losses.SoftmaxCrossEntropy(tape, model.Modules[2].Forward(tape, own), whole.Classes[(start * batchSize)..((start + count) * batchSize)]);
        tape.Backward(loss);
        float value = loss.Item();
        tape.Reset();
        return value;
    }

    private static long PeakBytes(int timeSteps, int? stepsBack)
    {
        using Device device = TestDevice.Open();
        using Sequential model = LongSequence.Model(device, Cells.Lstm);
        using Adam optimizer = new(model.Parameters, 0.01f);
        Trainer trainer = new(model, optimizer, new() { Loss = Losses.SoftmaxCrossEntropy, Epochs = 1, StepsBack = stepsBack });
        PeakProgress peak = new(device);
        trainer.Fit(new ChunkedBatchSource(new OneBatch(LongSequence.Create(timeSteps, 2)), timeSteps, 4), null, peak);
        return peak.Bytes;
    }

    private sealed class PeakProgress(Device device) : IProgress<TrainingProgress>
    {
        public long Bytes { get; private set; }

        public void Report(TrainingProgress value)
        {
            Bytes = Math.Max(Bytes, device.AllocatedBytes);
        }
    }

    private sealed class OneBatch(Batch batch) : IBatchSource
    {
        public int BatchCount => 1;

        public void StartEpoch(RandomSource random)
        {
        }

        public Batch GetBatch(int index)
        {
            return batch;
        }
    }
}
