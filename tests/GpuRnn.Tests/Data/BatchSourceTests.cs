using GpuRnn.Data;
using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Data;

public sealed class BatchSourceTests
{
    [Fact]
    public void Stream_PadsEachBatchToItsLongestSequence()
    {
        using StreamBatchSource source = new([Tokens(8), Tokens(9, 9), Tokens(5, 6, 7)], PredictionForm.Sequence, 2, shuffleBuffer: 1);
        source.StartEpoch(new RandomSource(1));
        Batch first = source.GetBatch(0);

        Assert.Equal(2, source.BatchCount);
        Assert.Equal([2, 2], first.InputShape);
        Assert.Equal([8f, 9f, 0f, 9f], first.Inputs);
        Assert.Equal([1, 2], first.Mask!.Lengths.ToArray());
        Assert.Equal([1, 2], first.Classes);
        Assert.Equal([3, 1], source.GetBatch(1).InputShape);
    }

    [Fact]
    public void Stream_ClassesOfSteps_AreIgnoredWhereAStepIsAbsent()
    {
        Batch batch = Only(PredictionForm.Step, SequenceExample.FromTokens([1]).WithClasses(4), SequenceExample.FromTokens([2, 3]).WithClasses(5, 6));

        Assert.Equal([4, 5, Losses.DefaultIgnoreIndex, 6], batch.Classes);
    }

    [Fact]
    public void Stream_ValuesAndTargets_KeepTheirSteps()
    {
        SequenceExample first = SequenceExample.FromValues([1f, 2f], 2);
        SequenceExample second = SequenceExample.FromValues([3f, 4f, 5f, 6f], 2);
        Batch steps = Only(PredictionForm.Step, first.WithTargets(9f), second.WithTargets(7f, 8f));
        Batch whole = Only(PredictionForm.Sequence, first.WithTargets(1f, 2f), second.WithTargets(3f, 4f));

        Assert.Equal([2, 2, 2], steps.InputShape);
        Assert.Equal([1f, 2f, 3f, 4f, 0f, 0f, 5f, 6f], steps.Inputs);
        Assert.Equal([2, 2, 1], steps.TargetShape);
        Assert.Equal([9f, 7f, 0f, 8f], steps.Targets);
        Assert.Equal([2, 2], whole.TargetShape);
        Assert.Equal([1f, 2f, 3f, 4f], whole.Targets);
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

        // The source moves on by one number, so that no two epochs are alike.
        (RandomSource random, RandomSource once) = (new(3), new(3));
        source.StartEpoch(random);
        once.NextUInt64();
        Assert.Equal(once.State, random.State);
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
        Assert.Equal([false, false], source.GetBatch(0).Continues!);
        Assert.Equal([2f, 7f, 3f, 8f], source.GetBatch(1).Inputs);
        Assert.Equal([true, true], source.GetBatch(1).Continues!);
        Assert.Equal([4f, 9f], source.GetBatch(2).Inputs);
        Assert.Equal([5, 10], source.GetBatch(2).Classes);
        Assert.Equal([true, true], source.GetBatch(2).Continues!);
        Assert.Equal([1, 2], source.GetBatch(2).InputShape);
    }

    [Fact]
    public void Requests_ThatCannotBeMet_AreRefused()
    {
        Assert.Contains("3 tokens, but 3 streams need at least 4", Assert.Throws<ArgumentException>(() => new TextBatchSource([1, 2, 3], 3, 5)).Message);
        Assert.Contains("index is 1", Assert.Throws<ArgumentOutOfRangeException>(() => new TextBatchSource([1, 2], 1, 5).GetBatch(1)).Message);
        Assert.Contains("example 0 of the batch has no time step", Assert.Throws<ArgumentException>(() => Only(PredictionForm.Sequence, Tokens())).Message);
        Assert.Contains(
            "has 0 classes and 0 target values",
            Assert.Throws<ArgumentException>(() => Only(PredictionForm.Sequence, SequenceExample.FromTokens([1]))).Message);
        Assert.Contains(
            "inputSize 2, but the batch's first has 0",
            Assert.Throws<ArgumentException>(() => Only(PredictionForm.Sequence, Tokens(1), SequenceExample.FromValues([1f, 2f], 2).WithClasses(0))).Message);
        Assert.Contains(
            "has 1 numbers, but 2 are needed", Assert.Throws<ArgumentException>(() => Only(PredictionForm.Step, Tokens(1), SequenceExample.FromTokens([1, 2]).WithClasses(3))).Message);
        Assert.Contains(
            "example 1 of the batch has 2 classes, but one is needed",
            Assert.Throws<ArgumentException>(() => Only(PredictionForm.Sequence, Tokens(1), SequenceExample.FromTokens([1, 2]).WithClasses(3, 4))).Message);
        Assert.Contains("inputSize 2 does not divide", Assert.Throws<ArgumentException>(() => SequenceExample.FromValues([1f], 2)).Message);
        Assert.Contains(
            "the number of examples is 0", Assert.Throws<ArgumentOutOfRangeException>(() => new StreamBatchSource([], PredictionForm.Sequence, 1)).Message);
        using StreamBatchSource one = new([Tokens(1)], PredictionForm.Sequence, 1);
        Assert.Contains("index is -1", Assert.Throws<ArgumentOutOfRangeException>(() => one.GetBatch(-1)).Message);
    }

    private static Batch Only(PredictionForm form, params SequenceExample[] examples)
    {
        using StreamBatchSource source = new(examples, form, examples.Length, shuffleBuffer: 1);
        return source.GetBatch(0);
    }

    // The class is the number of steps.
    private static SequenceExample Tokens(params int[] tokens)
    {
        return SequenceExample.FromTokens(tokens).WithClasses(tokens.Length);
    }
}
