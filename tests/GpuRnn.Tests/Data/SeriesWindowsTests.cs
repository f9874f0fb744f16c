using GpuRnn.Data;
using GpuRnn.Training;

namespace GpuRnn.Tests.Data;

public sealed class SeriesWindowsTests
{
    // Two columns: 0, 1, 2, … and ten times that.
    private static readonly double[] s_series = [.. Enumerable.Range(0, 8).SelectMany(i => new[] { (double)i, 10.0 * i })];

    [Fact]
    public void Scaler_OfAColumnThatItDoesNotKnow_IsRefused()
    {
        SeriesScaler scaler = SeriesScaler.Identity(2);

        Assert.Contains("column 2 was asked for", Assert.Throws<ArgumentOutOfRangeException>(() => scaler.Forward(1.0, 2)).Message);
        Assert.Contains("column -1 was asked for", Assert.Throws<ArgumentOutOfRangeException>(() => scaler.Back(1.0, -1)).Message);
    }

    [Fact]
    public void Scalers_GoThereAndBack_ByColumn()
    {
        SeriesScaler standard = SeriesScaler.Standard([1.0, 100.0, 3.0, 300.0], columns: 2);
        SeriesScaler range = SeriesScaler.MinimumMaximum([1.0, 100.0, 3.0, 300.0], columns: 2);

        Assert.Equal((-1.0, 1.0), (standard.Forward(1.0, 0), standard.Forward(300.0, 1)));
        Assert.Equal((0.0, 0.5), (range.Forward(1.0, 0), range.Forward(200.0, 1)));
        Assert.Equal(7.0, standard.Back(standard.Forward(7.0, 1), 1), 12);
        Assert.Equal(7.0, range.Back(range.Forward(7.0, 0), 0), 12);
        Assert.Equal(2, SeriesScaler.Identity(2).ColumnCount);
    }

    [Fact]
    public void Standard_OfLargeValues_KeepsItsDigits()
    {
        Assert.Equal(1.0, SeriesScaler.Standard([1e9 + 1.0, 1e9 + 3.0]).Factors[0], 9);
    }

    [Fact]
    public void Cut_GivesWindowsAndWhatFollows()
    {
        SeriesWindowOptions options = new() { Window = 2, Horizon = 2, Stride = 3, TargetColumns = [1] };
        SeriesWindows windows = SeriesWindows.Cut(s_series, SeriesScaler.Identity(2), options, start: 2, end: 7);

        Assert.Equal((2, 2, 2, 2), (windows.Count, windows.Window, windows.ColumnCount, windows.TargetSize));
        Assert.Equal([0f, 0f, 1f, 10f, 3f, 30f, 4f, 40f], windows.Inputs);
        Assert.Equal([20f, 30f, 50f, 60f], windows.Targets);
        Batch batch = windows.ToBatches(2, shuffle: false).GetBatch(0);
        Assert.Equal([2, 2, 2], batch.InputShape);
        Assert.Equal([2, 2], batch.TargetShape);
    }

    [Fact]
    public void Cut_OfChanges_CountsFromTheWindowsLastValue()
    {
        SeriesWindowOptions options = new() { Window = 1, Horizon = 2, PredictsChange = true };
        SeriesWindows windows = SeriesWindows.Cut(s_series, SeriesScaler.Identity(2), options, start: 2, end: 4);

        Assert.Equal([1f, 10f, 2f, 20f], windows.Targets);
    }

    [Fact]
    public void Requests_ThatCannotBeMet_AreRefused()
    {
        SeriesWindowOptions options = new() { Window = 3 };
        SeriesScaler identity = SeriesScaler.Identity(2);
        Assert.Contains("standard deviation 0", Assert.Throws<ArgumentException>(() => SeriesScaler.Standard([2.0, 2.0])).Message);
        Assert.Contains("range 0", Assert.Throws<ArgumentException>(() => SeriesScaler.MinimumMaximum([2.0])).Message);
        Assert.Contains("3 values arrived", Assert.Throws<ArgumentException>(() => SeriesScaler.Standard([1.0, 2.0, 3.0], 2)).Message);
        Assert.Contains("from step 2 to 8", Assert.Throws<ArgumentException>(() => SeriesWindows.Cut(s_series, identity, options, 2, 8)).Message);
        Assert.Contains("to 9 of 8", Assert.Throws<ArgumentException>(() => SeriesWindows.Cut(s_series, identity, options, 3, 9)).Message);
        Assert.Contains(
            "target columns 2",
            Assert.Throws<ArgumentException>(() => SeriesWindows.Cut(s_series, identity, options with { TargetColumns = [2] }, 3, 8)).Message);
        Assert.Contains(
            "Stride is 0",
            Assert.Throws<ArgumentOutOfRangeException>(() => SeriesWindows.Cut(s_series, identity, options with { Stride = 0 }, 3, 8)).Message);
    }
}
