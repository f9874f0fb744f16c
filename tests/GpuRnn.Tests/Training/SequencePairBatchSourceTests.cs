using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

public sealed class SequencePairBatchSourceTests
{
    private const int Ignored = Losses.DefaultIgnoreIndex;

    [Fact]
    public void Batch_HoldsSourcesShiftedTargetsAndMasks()
    {
        SequencePairBatchSource source = new([[5, 6], [7]], [[3], [4, 5]], 1, 2, new SequenceBatchOptions { BatchSize = 2, Shuffle = false });
        SequencePairBatch batch = (SequencePairBatch)source.GetBatch(0);

        Assert.Equal([5.0f, 7.0f, 6.0f, 0.0f], batch.Inputs);
        Assert.Equal([2, 2], batch.InputShape);
        Assert.Equal([2, 1], batch.Mask!.Lengths.ToArray());
        Assert.Equal([1.0f, 1.0f, 3.0f, 4.0f, 0.0f, 5.0f], batch.TargetInputs);
        Assert.Equal([3, 4, 2, 5, Ignored, 2], batch.Classes);
        Assert.Equal([2, 3], batch.TargetMask.Lengths.ToArray());
        Assert.Equal((2, 5.0), (batch.SequenceCount, batch.LossWeight!.Value));
    }

    /// <summary>With as many steps in the sources as in the targets, the sources' mask would fit as well.</summary>
    [Fact]
    public void Loss_OfABatch_CountsTheStepsOfTheTargets()
    {
        using Device device = TestDevice.Open();
        SequencePairBatchSource source = new([[5, 6, 7], [7]], [[3], [4, 5]], 1, 2, new SequenceBatchOptions { BatchSize = 2, Shuffle = false });
        Batch batch = source.GetBatch(0);
        using Tape tape = Tape.Inference(device);
        Tensor logits = tape.Input(TestDevice.Values(3 * 2 * 8, 4), 3, 2, 8);

        Assert.Equal(Losses.SoftmaxCrossEntropy(tape, logits, batch.Classes).Item(), Losses.SoftmaxCrossEntropy(tape, logits, batch).Item());
    }

    [Fact]
    public void Epoch_HoldsEveryPairOnce_InAnOrderOfItsRandomSource_WithTargetsOfSimilarLength()
    {
        RandomSource lengths = new(1);
        int[][] targets = [.. Enumerable.Range(0, 50).Select(pair => Enumerable.Repeat(pair + 3, 1 + lengths.NextInt(9)).ToArray())];
        SequencePairBatchSource source = new(targets, targets, 1, 2, new SequenceBatchOptions { BatchSize = 4, BatchesPerBucket = 5 });
        string Epoch(ulong seed)
        {
            source.StartEpoch(new RandomSource(seed));
            return string.Join('|', Enumerable.Range(0, source.BatchCount).Select(batch => string.Join(',', source.GetBatch(batch).Inputs[..source.GetBatch(batch).SequenceCount])));
        }

        string first = Epoch(1);
        Assert.Equal(Enumerable.Range(3, 50), first.Split('|', ',').Select(int.Parse).Order());
        Assert.NotEqual(first, Epoch(2));
        Assert.Equal(first, Epoch(1));
        int padded = Enumerable.Range(0, source.BatchCount).Sum(batch => source.GetBatch(batch).Classes.Count(one => one == Ignored));
        Assert.InRange(padded, 0, 70);
    }

    [Fact]
    public void BadArguments_AreRefused()
    {
        SequenceBatchOptions options = new();
        Assert.Contains("1 sources and 2 targets", Refusal(() => new SequencePairBatchSource([[1]], [[1], [2]], 1, 2, options)));
        Assert.Contains("source 1 has no token", Refusal(() => new SequencePairBatchSource([[1], []], [[1], [2]], 1, 2, options)));
        Assert.Contains("on the left", Refusal(() => new SequencePairBatchSource([[1]], [[1]], 1, 2, new SequenceBatchOptions { Padding = PaddingSide.Left })));
        Assert.Contains("number of pairs is 0", Refusal(() => new SequencePairBatchSource([], [], 1, 2, options)));
        Assert.Contains("index is 1", Refusal(() => new SequencePairBatchSource([[1]], [[1]], 1, 2, options).GetBatch(1)));
    }

    private static string Refusal(Action build)
    {
        return Assert.ThrowsAny<ArgumentException>(build).Message;
    }
}
