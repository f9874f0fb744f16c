using GpuRnn.Devices;
using GpuRnn.Kernels.Elementwise;
using GpuRnn.Kernels.Random;

namespace GpuRnn.Kernels.Tests.Elementwise;

public sealed class DropoutTests
{
    public static TheoryData<int> Sizes => Numbers.Sizes;

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Forward_AnySize_KeepsScaledElementsOrDropsThem(int size)
    {
        float[] result = Run(Ones(size), 0.25, 2f, 5, 0);
        Assert.All(result, value => Assert.True(value is 0f or 2f));
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Forward_LargeArray_DropsTheShareAskedFor(double probability)
    {
        const int Count = 100_000;
        int dropped = Run(Ones(Count), probability, 1f, 7, 0).Count(value => value == 0f);

        // Five standard deviations of the binomial distribution.
        double allowed = 5.0 * Math.Sqrt(Count * probability * (1.0 - probability));
        Assert.InRange(dropped, (Count * probability) - allowed, (Count * probability) + allowed);
    }

    [Fact]
    public void Forward_ProbabilityOne_GivesZerosEvenWithAnInfiniteScale() =>
        Assert.All(Run(Ones(1000), 1.0, float.PositiveInfinity, 5, 0), value => Assert.Equal(0f, value));

    [Fact]
    public void Forward_ProbabilityZero_KeepsAll() => Assert.All(Run(Ones(1000), 0.0, 1f, 5, 0), value => Assert.Equal(1f, value));

    [Fact]
    public void Forward_SameNumbers_DropsTheSameElements() => Assert.Equal(Run(Ones(999), 0.5, 2f, 5, 3), Run(Ones(999), 0.5, 2f, 5, 3));

    [Fact]
    public void Forward_AnotherSeed_DropsOtherElements() => Assert.NotEqual(Run(Ones(999), 0.5, 2f, 5, 3), Run(Ones(999), 0.5, 2f, 6, 3));

    [Fact]
    public void Forward_LaterBlock_ContinuesTheSequence()
    {
        float[] whole = Run(Ones(40), 0.5, 2f, 5, 0);
        float[] rest = Run(Ones(20), 0.5, 2f, 5, 20 / Dropout.BlockSize);
        Assert.Equal(whole[20..], rest);
    }

    [Fact]
    public void Forward_AnyElement_FollowsItsOwnRandomWord()
    {
        const long FirstBlock = (1L << 32) + 5;
        float[] result = Run(Ones(23), 0.5, 2f, 9, FirstBlock);
        for (int element = 0; element < result.Length; element++)
        {
            ulong counter = (ulong)(FirstBlock + (element / Dropout.BlockSize));
            uint[] words = [(uint)counter, (uint)(counter >> 32), 0, 0];
            Philox.Draw(ref words[0], ref words[1], ref words[2], ref words[3], 9, 11);
            Assert.Equal(words[element % Dropout.BlockSize] < 0x80000000u ? 0f : 2f, result[element]);
        }
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    public void Threshold_ImpossibleProbability_NamesIt(double probability)
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => Dropout.Threshold(probability));
        Assert.Contains($"probability {probability} arrived, but 0 to 1 was needed", error.Message, StringComparison.Ordinal);
    }

    private static float[] Ones(int size)
    {
        float[] ones = new float[size];
        Array.Fill(ones, 1f);
        return ones;
    }

    private static float[] Run(float[] source, double probability, float scale, int seed, long firstBlock)
    {
        using KernelRunner runner = new();
        DeviceBuffer<float> result = runner.Unset(source.Length);
        int blocks = (source.Length + Dropout.BlockSize - 1) / Dropout.BlockSize;
        runner.Run(
            typeof(Dropout), "Forward", blocks, runner.Upload(source), result, source.Length, Dropout.Threshold(probability), scale, seed, 11, firstBlock);
        return KernelRunner.Read(result);
    }
}
