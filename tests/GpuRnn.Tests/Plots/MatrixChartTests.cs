using System.Xml.Linq;
using GpuRnn.Plots;

namespace GpuRnn.Tests.Plots;

public sealed class MatrixChartTests
{
    private static readonly float[][] s_weights = [[1.0f, 0.0f, 0.0f], [0.25f, 0.5f, 0.25f]];

    [Fact]
    public void Attention_OneCellForEachWeight_TheLargerTheDarker()
    {
        XElement[] cells = Cells(MatrixChart.Attention("t", ["a", "b", "c"], ["x", "y"], s_weights));
        Assert.Equal(6, cells.Length);
        Assert.Equal(["#08306b", "#ffffff", "#ffffff"], cells[..3].Select(cell => (string?)cell.Attribute("fill")));

        // Cells of a row stand beside one another, rows below one another.
        Assert.True((int)cells[0].Attribute("x")! < (int)cells[1].Attribute("x")!);
        Assert.Equal((int)cells[0].Attribute("x")!, (int)cells[3].Attribute("x")!);
        Assert.True((int)cells[0].Attribute("y")! < (int)cells[3].Attribute("y")!);
    }

    [Fact]
    public void Confusion_CountsStandInTheirCells_ShadedByTheShareOfTheRow()
    {
        string svg = MatrixChart.Confusion("t", ["cat", "dog", "owl"], [[3, 1, 0], [0, 2, 0], [0, 0, 0]]);
        XElement[] cells = Cells(svg);
        Assert.Equal(9, cells.Length);
        Assert.Equal(["3", "1", "2"], XDocument.Parse(svg).Descendants().Where(one => one.Name.LocalName == "text" && int.TryParse(one.Value, out _)).Select(one => one.Value));

        // 255 − 0.75 · 247 = 69.75, 255 − 0.25 · 247 = 193.25, and so on; a row without counts is white.
        Assert.Equal(
            ["#466490", "#c1cbda", "#ffffff", "#ffffff", "#08306b", "#ffffff", "#ffffff", "#ffffff", "#ffffff"],
            cells.Select(cell => (string?)cell.Attribute("fill")));
    }

    [Fact]
    public void Picture_LiesInsideItsFrame_WithMarkupEscaped()
    {
        string svg = MatrixChart.Attention("<b>", ["a very long word", "&"], ["<i>", "longer than the other"], [[0.5f, 0.5f], [1.0f, 0.0f]]);
        XDocument picture = XDocument.Parse(svg);
        Assert.Equal("<b>", picture.Root!.Elements().First().Value);
        int width = (int)picture.Root.Attribute("width")!;
        int height = (int)picture.Root.Attribute("height")!;
        Assert.All(Cells(svg), cell =>
        {
            Assert.InRange((int)cell.Attribute("x")! + (int)cell.Attribute("width")!, 0, width);
            Assert.InRange((int)cell.Attribute("y")! + (int)cell.Attribute("height")!, 0, height);
        });
    }

    [Fact]
    public void WrongShapesAndNumbers_AreNamed()
    {
        Refused(() => MatrixChart.Attention("t", ["a"], ["x", "y"], s_weights), "2 rows of 3 values arrived for 2 rows and 1 columns");
        Refused(() => MatrixChart.Attention("t", ["a", "b", "c"], ["x"], s_weights), "for 1 rows");
        Refused(() => MatrixChart.Attention("t", ["a"], ["x"], [[1.5f]]), "weight 0 of row 0 is 1.5");
        Refused(() => MatrixChart.Attention("t", ["a"], ["x"], [[float.NaN]]), "is NaN");
        Refused(() => MatrixChart.Confusion("t", ["a", "b"], [[1, 2], [1, -2]]), "a count is negative");
        Refused(() => MatrixChart.Confusion("t", [], []), "at least one");
    }

    [Fact]
    public void LineChart_Alone_HasALegendAndRefusesNothing()
    {
        string svg = LineChart.Svg("t", "x", "y", [new ChartSeries("one", [0, 1], [1, 2]), new ChartSeries("two", [0, 1], [2, double.NaN])]);
        string[] texts = [.. XDocument.Parse(svg).Descendants().Where(one => one.Name.LocalName == "text").Select(one => one.Value)];
        Assert.Contains("one", texts);
        Assert.Contains("two", texts);
        Refused(() => LineChart.Svg("t", "x", "y", []), "0 series without a finite value");
        Refused(() => LineChart.Svg("t", "x", "y", [new ChartSeries("s", [0.0], [double.NaN])]), "1 series without a finite value");
        Refused(() => LineChart.Svg("t", "x", "y", [new ChartSeries("s", [0.0, 1.0], [1.0])]), "the series 's' has 2 positions for 1 values");
    }

    private static void Refused(Action draw, string message) => Assert.Contains(message, Assert.Throws<ArgumentException>(draw).Message);

    private static XElement[] Cells(string svg) =>
        [.. XDocument.Parse(svg).Descendants().Where(one => one.Name.LocalName == "rect" && one.Attribute("stroke") is not null)];
}
