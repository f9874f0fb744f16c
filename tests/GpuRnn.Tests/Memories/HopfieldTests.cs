using GpuRnn.Devices;
using GpuRnn.Memories;
using GpuRnn.Tensors;
using GpuRnn.Tests.Tensors;
using GpuRnn.Tests.Weights;
using GpuRnn.Weights;

namespace GpuRnn.Tests.Memories;

public sealed class HopfieldTests : IDisposable
{
    private readonly Device _device = TestDevice.Open();

    [Theory]
    [InlineData(HopfieldRule.Hebb)]
    [InlineData(HopfieldRule.Storkey)]
    public void Recall_OfADisturbedPattern_FindsIt(HopfieldRule rule)
    {
        sbyte[] patterns = Signs(4 * 100, 1);
        using HopfieldNetwork network = new(_device, 100);
        network.Store(patterns, rule);
        sbyte[] starts = [.. patterns.Select((value, i) => (sbyte)(i % 10 == 3 ? -value : value))];
        foreach (HopfieldUpdate update in Enum.GetValues<HopfieldUpdate>())
        {
            HopfieldRecall recall = network.Recall(starts, update);
            Assert.Equal(patterns, recall.States);
            Assert.All(recall.IsStable, Assert.True);
            Assert.All(recall.Sweeps, sweeps => Assert.InRange(sweeps, 1, 5));
        }
    }

    [Fact]
    public void Recall_TwoUnitsThatFollowEachOther_AlternateAllAtOnceAndRestOneByOne()
    {
        using HopfieldNetwork network = new(_device, 2);
        network.Store([1, 1], HopfieldRule.Hebb);
        HopfieldRecall atOnce = network.Recall([1, -1], HopfieldUpdate.Synchronous, maximumSweeps: 7);
        Assert.Equal([-1, 1], atOnce.States);
        Assert.False(atOnce.IsStable[0]);
        Assert.Equal(7, atOnce.Sweeps[0]);
        HopfieldRecall oneByOne = network.Recall([1, -1]);
        Assert.Equal(oneByOne.States[0], oneByOne.States[1]);
        Assert.True(oneByOne.IsStable[0]);
    }

    [Fact]
    public void Energy_OneSweepAtATime_NeverRises()
    {
        using HopfieldNetwork network = new(_device, 60);
        network.Store(Signs(20 * 60, 2), HopfieldRule.Hebb);
        sbyte[] states = Signs(8 * 60, 3);
        double[] before = network.Energy(states);
        for (ulong sweep = 0; sweep < 4; sweep++)
        {
            states = network.Recall(states, maximumSweeps: 1, seed: sweep).States;
            double[] after = network.Energy(states);
            Assert.All(before.Zip(after), pair => Assert.True(pair.Second <= pair.First, $"{pair.First} rose to {pair.Second}"));
            before = after;
        }
    }

    [Fact]
    public void Recall_OfABatch_IsThatOfEachAlone()
    {
        using HopfieldNetwork network = new(_device, 40);
        network.Store(Signs(12 * 40, 4), HopfieldRule.Hebb);
        sbyte[] states = Signs(3 * 40, 5);
        sbyte[] together = network.Recall(states, seed: 9).States;
        Assert.Equal(together[40..80], network.Recall(states[40..80], seed: 9).States);
    }

    [Fact]
    public void Save_ThenLoad_RecallsTheSame()
    {
        using TemporaryFolder folder = new();
        using HopfieldNetwork network = new(_device, 30);
        network.Store(Signs(5 * 30, 6), HopfieldRule.Storkey);
        network.Save(folder.FilePath("memory.safetensors"));
        using HopfieldNetwork loaded = HopfieldNetwork.Load(_device, folder.FilePath("memory.safetensors"));
        Assert.Equal(network.Weights, loaded.Weights);
        Assert.Equal(5, loaded.PatternCount);
        Assert.Equal(network.Recall(Signs(60, 7)).States, loaded.Recall(Signs(60, 7)).States);

        using ContinuousMemory memory = new(_device, TestDevice.Values(20, 8), 5, 0.3f);
        memory.Save(folder.FilePath("continuous.safetensors"));
        using ContinuousMemory again = ContinuousMemory.Load(_device, folder.FilePath("continuous.safetensors"));
        Assert.Equal(memory.Retrieve(TestDevice.Values(10, 9)), again.Retrieve(TestDevice.Values(10, 9)));
        Assert.Contains(
            "but a number is needed. Load a file of a Hopfield network.",
            Assert.Throws<WeightsFileException>(() => HopfieldNetwork.Load(_device, folder.FilePath("continuous.safetensors"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Retrieve_WithALargeBeta_GivesTheNearestPatternAndGradientsToTheState()
    {
        float[] patterns = TestDevice.Values(6 * 20, 10);
        using ContinuousMemory memory = new(_device, patterns, 20, 40.0f);
        float[] state = [.. patterns[40..60].Select((value, i) => value + (0.1f * MathF.Sin(i)))];
        float[] found = memory.Retrieve(state);
        Assert.All(found.Zip(patterns[40..60]), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));

        using Tape tape = new(_device);
        using Tensor tracked = Tensor.FromArray(_device, TestDevice.Values(20, 11, 0.1f), 1, 20).TrackGradient();
        using ContinuousMemory soft = new(_device, patterns, 20, 1.0f);
        Tensor result = soft.Retrieve(tape, tracked);
        using Tensor upstream = Tensor.FromArray(_device, [.. Enumerable.Repeat(1.0f, 20)], 1, 20);
        tape.Backward(result, upstream);
        Assert.Contains(tracked.Gradient!.ToArray(), value => value != 0.0f);
    }

    [Fact]
    public void Mistakes_AreNamedWithTheirRemedy()
    {
        using HopfieldNetwork network = new(_device, 4);
        Assert.Contains(
            "element 1 is 0, but -1 or 1 is needed. Turn bits into 2·bit − 1.",
            Assert.Throws<ArgumentException>(() => network.Store([1, 0, 1, 1], HopfieldRule.Hebb)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "3 elements arrived, but [B, N=4] are needed.", Assert.Throws<ShapeException>(() => network.Recall([1, 1, 1])).Message, StringComparison.Ordinal);
        Assert.Contains(
            "3 numbers arrived, but [P, N=2] with at least one pattern are needed.",
            Assert.Throws<ShapeException>(() => new ContinuousMemory(_device, [1, 2, 3], 2, 1.0f)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Example_RecallsAPattern()
    {
        Device device = _device;

        // <example:Hopfield>
        sbyte[] patterns =
        [
            1, 1, 1, 1, -1, -1, -1, -1,
            1, -1, 1, -1, 1, -1, 1, -1,
        ];
        using HopfieldNetwork memory = new(device, size: 8);
        memory.Store(patterns, HopfieldRule.Hebb);
        HopfieldRecall recall = memory.Recall([1, 1, 1, -1, -1, -1, -1, -1]); // the first one with an error

        float[] points = [1.0f, 0.0f, 0.0f, 1.0f]; // two patterns of two numbers
        using ContinuousMemory continuous = new(device, points, size: 2, beta: 8.0f);
        float[] nearest = continuous.Retrieve([0.9f, 0.2f]);
        // </example:Hopfield>

        Assert.Equal(patterns[..8], recall.States);
        Assert.Equal(1.0f, nearest[0], 0.01f);
    }

    public void Dispose()
    {
        _device.Dispose();
    }

    private static sbyte[] Signs(int count, ulong seed)
    {
        RandomSource random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (sbyte)((2 * random.NextInt(2)) - 1))];
    }
}
