using System.Xml.Linq;
using GpuRnn.Plots;

namespace GpuRnn.Tests.Plots;

public sealed class LineChartTests
{
    [Fact]
    public void Line_GoesUpWithItsValues_AndStopsWhereOneIsMissing()
    {
        string svg = LineChart.Svg("t", "x", "y", [new ChartSeries("one", [0, 1, 2, 3], [0, double.NaN, 1, 0])], yMarks: [0, 1]);
        string? path = (string?)XDocument.Parse(svg).Descendants().Single(one => one.Name.LocalName == "path").Attribute("d");

        // 780 units wide from 64 on, 256 high above 272; three points, the first apart from the others.
        Assert.Equal("M64 272M584 16L844 272", path);
    }

    [Theory]
    [InlineData(0.0, 10.0, new[] { 0.0, 2.0, 4.0, 6.0, 8.0, 10.0 })]
    [InlineData(-1.0, 4.0, new[] { -1.0, 0.0, 1.0, 2.0, 3.0, 4.0 })]
    [InlineData(0.0, 0.29, new[] { 0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3 })]
    public void Ticks_StandAtRoundNumbersAroundTheRange(double low, double high, double[] expected)
    {
        double[] ticks = AxisTicks.Between(low, high, 6);

        Assert.Equal(expected.Length, ticks.Length);
        Assert.All(expected.Zip(ticks), pair => Assert.Equal(pair.First, pair.Second, 12));
        Assert.Equal("0.05", AxisTicks.Format(0.05, [0.0, 0.05]));
    }
}
