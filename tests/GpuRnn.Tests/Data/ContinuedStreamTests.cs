using GpuRnn.Data;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Data;

/// <summary>Streams that are never held, with a state that goes on from batch to batch.</summary>
public sealed class ContinuedStreamTests
{
    [Fact]
    public void Tokens_GiveTheBatchesOfTheTextInMemory()
    {
        int[] text = [.. Enumerable.Range(0, 5001).Select(i => i * i % 17)];
        TextBatchSource held = new(text, batchSize: 2, timeSteps: 7);
        using ContinuedStreamBatchSource streamed = new([Stream(0, 2501), Stream(2500, 5001)], timeSteps: 7);
        IEnumerable<SequenceExample> Stream(int start, int end) => ContinuedStreamBatchSource.NextTokens(Enumerable.Range(start, end - start).Select(i => text[i]));

        Assert.Equal(held.BatchCount, streamed.BatchCount);
        foreach (int index in Enumerable.Range(0, held.BatchCount).Append(3).Append(300).Append(300))
        {
            (Batch expected, Batch actual) = (held.GetBatch(index), streamed.GetBatch(index));
            Assert.Equal(expected.InputShape, actual.InputShape);
            Assert.Equal(expected.Inputs, actual.Inputs);
            Assert.Equal(expected.Classes, actual.Classes);
            Assert.Equal(expected.Continues, actual.Continues);
            Assert.Null(actual.Mask);
        }
    }

    [Fact]
    public void Rows_ThatEndEarlier_HaveNoStepsFromThereOn()
    {
        SequenceExample[] longer = [Values(1, 2, 3), Values(), Values(4), Values(5, 6)];
        SequenceExample[] shorter = [Values(7), Values(8, 9)];
        using ContinuedStreamBatchSource source = new([longer, shorter], timeSteps: 4);
        source.StartEpoch(new RandomSource(1));

        Batch first = source.GetBatch(0);
        Assert.Equal([4, 2, 2], first.InputShape);
        Assert.Equal([1f, 2f, 7f, 14f, 2f, 4f, 8f, 16f, 3f, 6f, 9f, 18f, 4f, 8f, 0f, 0f], first.Inputs);
        Assert.Equal([4, 2, 1], first.TargetShape);
        Assert.Equal([-1f, -7f, -2f, -8f, -3f, -9f, -4f, 0f], first.Targets);
        Assert.Equal([4, 3], first.Mask!.Lengths.ToArray());
        Assert.Equal([false, false], first.Continues!);
        Assert.Equal(7.0, first.LossWeight);

        Batch second = source.GetBatch(1);
        Assert.Equal([2, 2, 2], second.InputShape);
        Assert.Equal([5f, 10f, 0f, 0f, 6f, 12f, 0f, 0f], second.Inputs);
        Assert.Equal([2, 0], second.Mask!.Lengths.ToArray());
        Assert.Equal([true, true], second.Continues!);
        Assert.Equal(2.0, second.LossWeight);
        Assert.Equal([1f, 2f], source.GetBatch(0).Inputs[..2]);
        source.Dispose();
        Assert.Equal([5f, 10f], source.GetBatch(1).Inputs[..2]);
    }

    [Fact]
    public void Training_WithAStateCarriedThroughEveryStream_IsThatOfTheWholeSequencesCut()
    {
        float[][] inputs = [TestDevice.Values(24, 1), TestDevice.Values(24, 2)];
        SequenceBatchSource whole = SequenceBatchSource.ForStepValues(inputs, 1, inputs, 1, new SequenceBatchOptions { BatchSize = 2, Shuffle = false });
        using ContinuedStreamBatchSource streamed = new(
            [.. inputs.Select(row => row.Chunk(5).Select(piece => SequenceExample.FromValues(piece, 1).WithTargets(piece)))], timeSteps: 6);

        Assert.Equal(Train(new ChunkedBatchSource(whole, timeSteps: 24, chunkSteps: 6)), Train(streamed));
    }

    [Fact]
    public void NoMoreThanABatchIsHeld()
    {
        int read = 0;
        IEnumerable<SequenceExample> Walk()
        {
            for (; read < 1000; read++)
            {
                yield return Values(read);
            }
        }

        using ContinuedStreamBatchSource source = new([Walk()], timeSteps: 10, stepCount: 1000);
        Assert.Equal(0, read);
        for (int index = 0; index < 5; index++)
        {
            source.GetBatch(index);
            Assert.InRange(read, (index * 10) + 9, (index * 10) + 10);
        }
    }

    [Fact]
    public void Requests_ThatCannotBeMet_AreRefused()
    {
        Assert.Contains("the number of streams is 0", Refused<ArgumentOutOfRangeException>([], _ => { }));
        Assert.Contains("the longest stream has 0 steps", Refused<ArgumentOutOfRangeException>([[Values()]], _ => { }));
        Assert.Contains("index is 1, but must be 0 to 0", Refused<ArgumentOutOfRangeException>([[Values(1)]], source => source.GetBatch(1)));
        Assert.Contains(
            "a piece of stream 0 has inputSize 0, 2 steps, 0 classes and 0 target values, but inputSize 0 and a class for each step are needed",
            Refused<ArgumentException>([[SequenceExample.FromTokens([1, 2])]], source => source.GetBatch(0)));
        Assert.Contains(
            "a piece of stream 1 has inputSize 0, 1 steps, 1 classes and 0 target values, but inputSize 2 and 1 values for each step are needed",
            Refused<ArgumentException>([[Values(1)], [SequenceExample.FromTokens([1]).WithClasses(2)]], source => source.GetBatch(0)));
        using ContinuedStreamBatchSource promised = new([[Values(1)]], timeSteps: 1, stepCount: 2);
        promised.GetBatch(0);
        Assert.Contains("ended before batch 1 of 2", Assert.Throws<InvalidOperationException>(() => promised.GetBatch(1)).Message);
    }

    private static string Refused<TException>(IReadOnlyList<IEnumerable<SequenceExample>> streams, Action<ContinuedStreamBatchSource> act)
        where TException : Exception
    {
        return Assert.Throws<TException>(() =>
        {
            using ContinuedStreamBatchSource source = new(streams, timeSteps: 3);
            act(source);
        }).Message;
    }

    // Each step has the inputs x and 2x and the target -x.
    private static SequenceExample Values(params int[] steps)
    {
        return SequenceExample.FromValues([.. steps.SelectMany(x => new float[] { x, 2 * x })], 2).WithTargets([.. steps.Select(x => -(float)x)]);
    }

    private static double[] Train(IBatchSource source)
    {
        using GpuRnn.Devices.Device device = TestDevice.Open();
        RandomSource random = new(1);
        using Sequential model = new(
            new Recurrent(device, Cells.Gru(), new RecurrentOptions { InputSize = 1, HiddenSize = 4, IsStateful = true }, random), new Dense(device, 4, 1, random));
        using Adam optimizer = new(model.Parameters, 0.01f);
        return [.. new Trainer(model, optimizer, new TrainerOptions { Epochs = 2, StepsBack = 8 }).Fit(source).Epochs.Select(epoch => epoch.TrainLoss)];
    }
}
