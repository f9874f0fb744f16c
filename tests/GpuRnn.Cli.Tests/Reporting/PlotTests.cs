using System.Xml.Linq;
using GpuRnn.Cli.Reporting;
using GpuRnn.Plots;

namespace GpuRnn.Cli.Tests.Reporting;

public sealed class PlotTests
{
    [Fact]
    public void TerminalPlot_RisingTruthFallingForecast_CrossInTheMiddle()
    {
        IReadOnlyList<string> lines = TerminalPlot.Render([0, 1, 2, 3, 4], [4, 3, 2, 1, 0], "a", "e", 40, 5);

        Assert.Equal(
            [
                "     4.00 |+   .",
                "          | + .",
                "          |  #",
                "          | . +",
                "     0.00 |.   +",
                "          +-----",
                "           a   e",
                "           . truth   + forecast   # both",
            ],
            lines);
    }

    [Fact]
    public void TerminalPlot_MoreValuesThanColumns_StaysWithinTheWidth()
    {
        double[] values = [.. Enumerable.Range(0, 1000).Select(i => Math.Sin(i / 50.0))];

        IReadOnlyList<string> lines = TerminalPlot.Render(values, values, "first", "last", 60, 10);

        Assert.All(lines, line => Assert.True(line.Length <= 60, $"'{line}' has {line.Length} characters"));
    }

    [Fact]
    public void TerminalPlot_ConstantSeries_DrawsOneRow()
    {
        IReadOnlyList<string> lines = TerminalPlot.Render([2, 2, 2], [2, 2, 2], "a", "c", 40, 5);

        Assert.Single(lines, line => line.Contains("###", StringComparison.Ordinal));
    }

    [Fact]
    public void LineChart_Gap_LiftsThePen()
    {
        string svg = LineChart.Render("t", "x", "y", [new ChartSeries("s", [0, 1, 2, 3], [1, double.NaN, 2, 3])]);

        string path = XDocument.Parse(svg).Descendants().Single(element => element.Name.LocalName == "path").Attribute("d")!.Value;
        Assert.Equal(2, path.Count(letter => letter == 'M'));
        Assert.Equal(1, path.Count(letter => letter == 'L'));
    }

    [Fact]
    public void LineChart_TextWithMarkup_IsEscaped()
    {
        string svg = LineChart.Render("<script>", "x & y", "y", [new ChartSeries("<s>", [0, 1], [1, 2])]);

        Assert.Equal("<script>", XDocument.Parse(svg).Root!.Elements().First().Value);
        Assert.DoesNotContain("<script", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void LineChart_ConstantValues_StayInsideTheFrame()
    {
        string svg = LineChart.Render("t", "x", "y", [new ChartSeries("s", [0, 1], [7, 7])]);

        Assert.DoesNotContain("NaN", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("Infinity", svg, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0, 10.0, new[] { 0.0, 2, 4, 6, 8, 10 })]
    [InlineData(-3.0, 97.0, new[] { -20.0, 0, 20, 40, 60, 80, 100 })]
    public void Ticks_Range_AreRoundAndCoverIt(double low, double high, double[] expected)
    {
        Assert.Equal(expected, AxisTicks.Between(low, high, 6));
    }

    [Fact]
    public void Ticks_SmallSteps_ShowEnoughDecimals()
    {
        Assert.Equal("0.05", AxisTicks.Format(0.05, [0.0, 0.05]));
    }
}
