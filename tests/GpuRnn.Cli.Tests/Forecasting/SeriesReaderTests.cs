using GpuRnn.Cli.Forecasting;

namespace GpuRnn.Cli.Tests.Forecasting;

public sealed class SeriesReaderTests
{
    [Fact]
    public void Read_NoPath_GivesTheEmbeddedSunspots()
    {
        TimeSeries series = SeriesReader.Read(null, null, null);

        Assert.Equal(2820, series.Values.Length);
        Assert.Equal(58.0, series.Values[0]);
        Assert.Equal(33.4, series.Values[^1]);
        Assert.Equal("1749", series.Labels[0]);
        Assert.Equal("1983.91666667", series.Labels[^1]);
    }

    [Fact]
    public void Read_ColumnsByName_TakesThem()
    {
        TimeSeries series = Read("a,b,c\n1,2,3\n4,5,6\n", "b", "c");

        Assert.Equal([2.0, 5.0], series.Values);
        Assert.Equal(["3", "6"], series.Labels);
    }

    [Fact]
    public void Read_OneColumn_NumbersTheRows()
    {
        TimeSeries series = Read("a\n1\n4\n", null, null);

        Assert.Equal(["0", "1"], series.Labels);
    }

    [Theory]
    [InlineData("", "s.csv: the file is empty, but a header line and rows are needed. Give a file with data.")]
    [InlineData("a,b\n", "s.csv: the file has a header but no rows, but rows of numbers are needed. Give a file with data.")]
    [InlineData(
        "a,b\n1,2\n2,x7\n",
        "s.csv, line 3: column 'b' has 'x7', but a number is needed. Correct or remove the row.")]
    [InlineData(
        "a,b\n1,2\n\n2,\n",
        "s.csv, line 4: column 'b' has nothing, but a number is needed. Correct or remove the row.")]
    [InlineData("a,b\n1,NaN\n", "s.csv, line 2: column 'b' has NaN, but a finite number is needed. Fill the gap or remove the row.")]
    [InlineData("a,b\n1,1e999\n", "s.csv, line 2: column 'b' has 1e999, but a finite number is needed. Fill the gap or remove the row.")]
    [InlineData("a,b\n1,2\n2\n", "s.csv, line 3: the row has 1 fields, but the header has 2. Complete, quote or remove the row.")]
    public void Read_BadFile_NamesLineAndColumn(string text, string expected)
    {
        InputException exception = Assert.Throws<InputException>(() => Read(text, null, null));

        Assert.Equal(expected, exception.Message);
    }

    [Fact]
    public void Read_MissingColumn_NamesTheColumnsThereAre()
    {
        InputException exception = Assert.Throws<InputException>(() => Read("time,value\n1,2\n", "vale", null));

        Assert.Equal(
            "s.csv: column 'vale' was asked for, but the file has 'time', 'value'. Did you mean 'value'? Pass one of these with --column.",
            exception.Message);
    }

    [Fact]
    public void FutureLabels_NumericTimes_GoOnInTheMeanStep()
    {
        TimeSeries series = Read("t,v\n10,1\n12,1\n14,1\n", null, null);

        Assert.Equal(["16", "18"], series.FutureLabels(2));
    }

    [Fact]
    public void DisplayLabel_ManyDecimals_IsCut()
    {
        TimeSeries series = Read("t,v\n1953.91666666957,1\n2001-02-03,2\n1960,3\n", null, null);

        Assert.Equal(["1953.917", "2001-02-03", "1960"], Enumerable.Range(0, 3).Select(series.DisplayLabel));
    }

    [Fact]
    public void FutureLabels_TextTimes_CountFromTheEnd()
    {
        TimeSeries series = Read("t,v\nMonday,1\nTuesday,1\n", null, null);

        Assert.Equal(["+1", "+2"], series.FutureLabels(2));
    }

    private static TimeSeries Read(string text, string? column, string? timeColumn)
    {
        using StringReader reader = new(text);
        return SeriesReader.Read(reader, "s.csv", column, timeColumn);
    }
}
