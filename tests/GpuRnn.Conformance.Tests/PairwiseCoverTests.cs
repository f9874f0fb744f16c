namespace GpuRnn.Conformance.Tests;

public sealed class PairwiseCoverTests
{
    public static TheoryData<int[]> Factors => new()
    {
        new[] { 2, 2 },
        new[] { 3, 1, 4 },
        new[] { 2, 2, 2, 2, 2, 2, 2, 2 },
        new[] { 8, 3, 8, 2, 2, 2, 2, 2 },
        new[] { 5, 5, 5, 5 },
    };

    [Theory]
    [MemberData(nameof(Factors))]
    public void Create_EveryTwoValuesOfEveryTwoFactors_Meet(int[] valueCounts)
    {
        IReadOnlyList<int[]> rows = PairwiseCover.Create(valueCounts);
        for (int first = 0; first < valueCounts.Length; first++)
        {
            for (int second = first + 1; second < valueCounts.Length; second++)
            {
                int met = rows.Select(row => (row[first], row[second])).Distinct().Count();
                Assert.Equal(valueCounts[first] * valueCounts[second], met);
            }
        }

        Assert.All(rows, row => Assert.All(row.Zip(valueCounts), value => Assert.InRange(value.First, 0, value.Second - 1)));
    }

    [Theory]
    [InlineData(64, 80, 8, 3, 8, 2, 2, 2, 2, 2)]
    [InlineData(4, 10, 2, 2, 2, 2, 2, 2, 2, 2)]
    [InlineData(25, 40, 5, 5, 5, 5)]
    public void Create_NeedsFewRows(int atLeast, int atMost, params int[] valueCounts)
    {
        Assert.InRange(PairwiseCover.Create(valueCounts).Count, atLeast, atMost);
    }

    [Fact]
    public void Create_Again_GivesTheSameRows()
    {
        Assert.Equal(PairwiseCover.Create(3, 4, 2, 2), PairwiseCover.Create(3, 4, 2, 2));
    }

    [Fact]
    public void Create_OneFactor_GivesEachValueOnce()
    {
        Assert.Equal([[0], [1], [2]], PairwiseCover.Create(3));
    }

    [Fact]
    public void All_GivesEveryCombinationOnce()
    {
        Assert.Equal([[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]], PairwiseCover.All(2, 3));
    }

    [Fact]
    public void Create_FactorWithoutValues_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PairwiseCover.Create(2, 0));
    }
}
