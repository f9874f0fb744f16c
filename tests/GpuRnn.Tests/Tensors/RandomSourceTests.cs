using GpuRnn.Tensors;

namespace GpuRnn.Tests.Tensors;

public sealed class RandomSourceTests
{
    [Fact]
    public void NextUInt64_FromTheAuthorsState_GivesTheReferenceSequence()
    {
        // The published C code of xoshiro256** with the state 1, 2, 3, 4 (also the test vector of the Rust crate rand_xoshiro).
        RandomSource random = new(0) { State = new RandomState(1, 2, 3, 4) };
        ulong[] expected = [11520, 0, 1509978240, 1215971899390074240, 1216172134540287360];
        Assert.Equal(expected, Enumerable.Range(0, 5).Select(_ => random.NextUInt64()));
    }

    [Fact]
    public void State_ReadAsTextAndAssigned_ContinuesTheSequence()
    {
        RandomSource random = new(42);
        random.NextGaussian();
        RandomState state = RandomState.Parse(random.State.ToString());
        float[] first = [.. Enumerable.Range(0, 9).Select(_ => random.NextGaussian())];
        random.State = state;
        Assert.Equal(first, Enumerable.Range(0, 9).Select(_ => random.NextGaussian()));
    }

    [Fact]
    public void NextInt_OfSeven_IsUniform()
    {
        RandomSource random = new(1);
        int[] counts = new int[7];
        for (int i = 0; i < 70000; i++)
        {
            counts[random.NextInt(7)]++;
        }

        // The deviation of one count is 92.6; six of them.
        Assert.All(counts, count => Assert.InRange(count, 10000 - 556, 10000 + 556));
    }

    [Fact]
    public void NextGaussian_HasMeanZeroAndDeviationOne()
    {
        RandomSource random = new(2);
        double sum = 0.0;
        double squares = 0.0;
        for (int i = 0; i < 100000; i++)
        {
            double value = random.NextGaussian();
            sum += value;
            squares += value * value;
        }

        // Deviations: 1/√n of the mean, √(2/n) of the mean square; six of them.
        Assert.InRange(sum / 100000, -0.019, 0.019);
        Assert.InRange(squares / 100000, 1.0 - 0.027, 1.0 + 0.027);
    }

    [Fact]
    public void Shuffle_KeepsAllItemsAndPutsEachFirstEquallyOften()
    {
        RandomSource random = new(3);
        int[] first = new int[5];
        for (int i = 0; i < 50000; i++)
        {
            int[] items = [0, 1, 2, 3, 4];
            random.Shuffle(items.AsSpan());
            first[items[0]]++;
            Assert.Equal(10, items.Sum());
        }

        Assert.All(first, count => Assert.InRange(count, 10000 - 537, 10000 + 537));
    }

    [Fact]
    public void NextInt_OfNothing_IsRefused()
    {
        Assert.Contains("0", Assert.Throws<ArgumentOutOfRangeException>(() => new RandomSource(1).NextInt(0)).Message);
    }
}
