using GpuRnn.Data;
using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Data;

public sealed class BatchSourceTests
{
    [Fact]
    public void Bucketed_PadsEachBatchToItsLongestSequence()
    {
        BucketedBatchSource source = new([Tokens(5, 6, 7), Tokens(8), Tokens(9, 9)], PredictionForm.Sequence, 2, shuffle: false);
        Batch first = source.GetBatch(0);

        Assert.Equal(2, source.BatchCount);
        Assert.Equal([2, 2], first.InputShape);
        Assert.Equal([8f, 9f, 0f, 9f], first.Inputs);
        Assert.Equal([1, 2], first.Mask!.Lengths.ToArray());
        Assert.Equal([1, 2], first.Classes);
        Assert.Null(source.GetBatch(1).Mask);
        Assert.Equal([3, 1], source.GetBatch(1).InputShape);
    }

    [Fact]
    public void Bucketed_ClassesOfSteps_AreIgnoredWhereAStepIsAbsent()
    {
        SequenceExample[] examples = [SequenceExample.FromTokens([1]).WithClasses(4), SequenceExample.FromTokens([2, 3]).WithClasses(5, 6)];
        Batch batch = new BucketedBatchSource(examples, PredictionForm.Step, 2, shuffle: false).GetBatch(0);

        Assert.Equal([4, 5, Losses.DefaultIgnoreIndex, 6], batch.Classes);
    }

    [Fact]
    public void Bucketed_ValuesAndTargets_KeepTheirSteps()
    {
        SequenceExample[] examples =
        [
            SequenceExample.FromValues([1f, 2f], 2).WithTargets(9f), SequenceExample.FromValues([3f, 4f, 5f, 6f], 2).WithTargets(7f, 8f),
        ];
        Batch batch = new BucketedBatchSource(examples, PredictionForm.Step, 2, shuffle: false).GetBatch(0);

        Assert.Equal([2, 2, 2], batch.InputShape);
        Assert.Equal([1f, 2f, 3f, 4f, 0f, 0f, 5f, 6f], batch.Inputs);
        Assert.Equal([2, 2, 1], batch.TargetShape);
        Assert.Equal([9f, 7f, 0f, 8f], batch.Targets);
    }

    [Fact]
    public void Bucketed_Epoch_ServesEverySequenceOnce_OfNearLengths_BySeedAlone()
    {
        SequenceExample[] examples = [.. Enumerable.Range(0, 103).Select(i => Tokens([.. Enumerable.Repeat(i, 1 + (i * 37 % 50))]))];
        BucketedBatchSource source = new(examples, PredictionForm.Sequence, 8, bucketBatches: 4);
        float[] first = Served(source, 1);

        Assert.Equal(Enumerable.Range(0, 103).Select(i => (float)i), first.Order());
        Assert.NotEqual(first, Served(source, 2));
        Assert.Equal(first, Served(source, 1));

        // Sorted by fours, a batch spans about a quarter of the lengths; unsorted ones span nearly all.
        double steps = Enumerable.Range(0, source.BatchCount).Sum(i => (double)source.GetBatch(i).Inputs.Length);
        Assert.InRange(steps, examples.Sum(example => example.TimeSteps), 1.3 * examples.Sum(example => example.TimeSteps));
    }

    [Fact]
    public void Stream_Epoch_ServesEveryExampleOnce_BySeedAlone_AndHoldsTheBufferOnly()
    {
        int held = 0;
        int mostHeld = 0;
        IEnumerable<SequenceExample> Walk()
        {
            for (int i = 0; i < 50; i++)
            {
                held = i + 1;
                yield return Tokens(i);
            }
        }

        using StreamBatchSource source = new(Walk(), PredictionForm.Sequence, 7, shuffleBuffer: 10);
        source.StartEpoch(new RandomSource(3));
        List<float> served = [];
        for (int batch = 0; batch < source.BatchCount; batch++)
        {
            served.AddRange(source.GetBatch(batch).Inputs);
            mostHeld = Math.Max(mostHeld, held - served.Count);
        }

        Assert.Equal(Enumerable.Range(0, 50).Select(i => (float)i), served.Order());
        Assert.NotEqual(served.Order(), served);
        Assert.Equal(10, mostHeld);

        // A resumed run draws the order again and asks for a batch in the middle.
        source.StartEpoch(new RandomSource(3));
        Assert.Equal(served[21..28], source.GetBatch(3).Inputs);
        Assert.Equal(served[21..28], source.GetBatch(3).Inputs);
        Assert.Equal(served[7..14], source.GetBatch(1).Inputs);
        source.StartEpoch(new RandomSource(4));
        Assert.NotEqual(served[21..28], source.GetBatch(3).Inputs);
    }

    [Fact]
    public void Stream_WithABufferOfOne_KeepsTheOrder_AndNoticesAStreamThatShrank()
    {
        List<SequenceExample> examples = [Tokens(0), Tokens(1), Tokens(2)];
        using StreamBatchSource source = new(examples, PredictionForm.Sequence, 2, shuffleBuffer: 1);
        source.StartEpoch(new RandomSource(1));
        Assert.Equal([0f, 1f], source.GetBatch(0).Inputs);
        Assert.Equal([2f], source.GetBatch(1).Inputs);

        examples.RemoveAt(2);
        source.StartEpoch(new RandomSource(1));
        Assert.Contains("ended before its 3", Assert.Throws<InvalidOperationException>(() => source.GetBatch(1)).Message);
    }

    [Fact]
    public void Text_RowsOfABatch_GoOnWhereTheyEnded()
    {
        TextBatchSource source = new([.. Enumerable.Range(0, 12)], batchSize: 2, timeSteps: 2);

        Assert.Equal((3, 10), (source.BatchCount, source.PredictionCount));
        Assert.Equal([0f, 5f, 1f, 6f], source.GetBatch(0).Inputs);
        Assert.Equal([1, 6, 2, 7], source.GetBatch(0).Classes);
        Assert.Equal([2f, 7f, 3f, 8f], source.GetBatch(1).Inputs);
        Assert.Equal([4f, 9f], source.GetBatch(2).Inputs);
        Assert.Equal([5, 10], source.GetBatch(2).Classes);
        Assert.Equal([1, 2], source.GetBatch(2).InputShape);
    }

    [Fact]
    public void Requests_ThatCannotBeMet_AreRefused()
    {
        Assert.Contains("3 tokens, but 3 streams need at least 4", Assert.Throws<ArgumentException>(() => new TextBatchSource([1, 2, 3], 3, 5)).Message);
        Assert.Contains("index is 1", Assert.Throws<ArgumentOutOfRangeException>(() => new TextBatchSource([1, 2], 1, 5).GetBatch(1)).Message);
        Assert.Contains("the number of examples is 0", Assert.Throws<ArgumentOutOfRangeException>(() => Bucketed()).Message);
        Assert.Contains("example 0 of the batch has no time step", Assert.Throws<ArgumentException>(() => Bucketed(Tokens()).GetBatch(0)).Message);
        Assert.Contains(
            "neither classes nor targets", Assert.Throws<ArgumentException>(() => Bucketed(SequenceExample.FromTokens([1])).GetBatch(0)).Message);
        Assert.Contains(
            "2 classes and 3 steps, but 1 are needed",
            Assert.Throws<ArgumentException>(() => Bucketed(SequenceExample.FromTokens([1, 2, 3]).WithClasses(1, 2)).GetBatch(0)).Message);
        Assert.Contains(
            "inputSize 2, but the batch's first has 0",
            Assert.Throws<ArgumentException>(() => Bucketed(Tokens(1), SequenceExample.FromValues([1f, 2f], 2).WithClasses(0)).GetBatch(0)).Message);
        Assert.Contains("inputSize 2 does not divide", Assert.Throws<ArgumentException>(() => SequenceExample.FromValues([1f], 2)).Message);
        Assert.Contains("index is -1", Assert.Throws<ArgumentOutOfRangeException>(() => Bucketed(Tokens(1)).GetBatch(-1)).Message);
        Assert.Contains(
            "the number of examples is 0", Assert.Throws<ArgumentOutOfRangeException>(() => new StreamBatchSource([], PredictionForm.Sequence, 1)).Message);
    }

    private static BucketedBatchSource Bucketed(params SequenceExample[] examples)
    {
        return new BucketedBatchSource(examples, PredictionForm.Sequence, 4, shuffle: false);
    }

    // The class is the number of steps.
    private static SequenceExample Tokens(params int[] tokens)
    {
        return SequenceExample.FromTokens(tokens).WithClasses(tokens.Length);
    }

    // The first token of each sequence in the order of an epoch.
    private static float[] Served(BucketedBatchSource source, ulong seed)
    {
        source.StartEpoch(new RandomSource(seed));
        return [.. Enumerable.Range(0, source.BatchCount).SelectMany(i => source.GetBatch(i) is Batch batch ? batch.Inputs[..batch.SequenceCount] : [])];
    }
}
