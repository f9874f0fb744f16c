using GpuRnn.Cli.Configuration;
using GpuRnn.Cli.Forecasting;
using GpuRnn.Data;

namespace GpuRnn.Cli.Tests.Forecasting;

public sealed class SeriesPartsTests
{
    private static readonly ForecastConfiguration s_small = new()
    {
        Window = 2,
        HoldOut = 3,
        Validation = 2,
        Season = 4,
        Horizon = 1,
    };

    [Fact]
    public void Split_SmallSeries_CutsInOrderOfTime()
    {
        SeriesSplit split = SeriesSplit.Create(Series(12), s_small);

        Assert.Equal(new SeriesSplit(2, 7, 9, 12), split);
        Assert.Equal((3, 2), (split.HoldOut, split.Validation));
    }

    [Fact]
    public void Split_OneRow_SaysHowManyAreNeeded()
    {
        InputException exception = Assert.Throws<InputException>(() => SeriesSplit.Create(Series(1), s_small));

        Assert.Equal(
            "series: the series has 1 value, but window 2, season 4, 2 for validation and 3 held out need at least 11. "
            + "Give a longer series, or pass smaller --window, --season, --validation or --hold-out.",
            exception.Message);
    }

    [Fact]
    public void Split_HorizonLongerThanTheSeries_NamesTheLongestPossible()
    {
        InputException exception = Assert.Throws<InputException>(() => SeriesSplit.Create(Series(12), s_small with { Horizon = 13 }));

        Assert.StartsWith("--horizon: 13 steps were asked for, but 'series' has 12 values, of which 3 are held out", exception.Message);
        Assert.EndsWith("Pass --horizon 3 or less, or a longer --hold-out.", exception.Message);
    }

    [Fact]
    public void Scale_TrainingPartOnly_DecidesMeanAndDeviation()
    {
        // Training values 1 and 3: mean 2, deviation 1. The later 1000 must not matter.
        SeriesScale scale = SeriesScale.Fit(Series([1, 3, 1000]), 2, "none");

        Assert.Equal(-1.0, scale.Forward(1.0), 12);
        Assert.Equal(2.0, scale.Back(0.0), 12);
    }

    [Fact]
    public void Scale_SquareRoot_GoesThereAndBack()
    {
        SeriesScale scale = SeriesScale.Fit(Series([4, 16, 25]), 2, "sqrt");

        Assert.Equal(1.0, scale.Forward(16.0), 12);
        Assert.Equal(25.0, scale.Back(scale.Forward(25.0)), 12);
        Assert.Equal(0.0, scale.Back(-100.0));
    }

    [Fact]
    public void Scale_SquareRootOfNegative_IsRefused()
    {
        InputException exception = Assert.Throws<InputException>(() => SeriesScale.Fit(Series([1, -2, 3]), 2, "sqrt"));

        Assert.Equal("--transform: sqrt was asked for, but row 2 of 'series' is -2, below 0. Pass --transform none.", exception.Message);
    }

    [Fact]
    public void Scale_ConstantSeries_IsRefused()
    {
        InputException exception = Assert.Throws<InputException>(() => SeriesScale.Fit(Series([5, 5, 5]), 3, "none"));

        Assert.StartsWith("series: the 3 training values have standard deviation 0", exception.Message);
    }

    [Fact]
    public void Cut_TwoTargets_GivesWindowsAndChanges()
    {
        SeriesScale scale = SeriesScale.Fit(Series([-1, 1]), 2, "none");

        SeriesWindows windows = scale.Windows([10, 20, 50, 55], 2, 2, 4);

        Assert.Equal([10f, 20f, 20f, 50f], windows.Inputs);
        Assert.Equal([30f, 5f], windows.Targets);
    }

    [Fact]
    public void Resolve_OwnDataWithNegatives_FillsInFromTheData()
    {
        ForecastConfiguration resolved = ConfigurationResolver.Resolve(
            new ForecastConfiguration { Data = "x.csv" }, Series([.. Enumerable.Range(-1, 100).Select(i => (double)i)]));

        Assert.Equal(("none", 20, 10, 12, "v"), (resolved.Transform, resolved.HoldOut, resolved.Validation, resolved.Season, resolved.Column));
    }

    private static TimeSeries Series(int count) => Series([.. Enumerable.Range(0, count).Select(i => (double)i)]);

    private static TimeSeries Series(double[] values) => new("series", "v", [.. values.Select((_, i) => $"{i}")], values);
}
