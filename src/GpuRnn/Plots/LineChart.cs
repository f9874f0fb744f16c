using System.Globalization;
using System.Net;
using System.Text;

namespace GpuRnn.Plots;

/// <summary>Draws lines over common axes as SVG: a picture that stands alone, or an element of a page with a style sheet of its own.</summary>
public static class LineChart
{
    private const int Width = 860;
    private const int Height = 320;
    private const int Left = 64;
    private const int Right = 16;
    private const int Top = 16;
    private const int Bottom = 48;
    private const int TicksWanted = 6;
    private const int LegendRow = 22;
    private static readonly string[] s_colours = ["#c2410c", "#1d4ed8", "#0f766e", "#a21caf", "#111827", "#4d7c0f", "#475569", "#be123c"];

    /// <summary>A picture that stands alone, with a legend below it.</summary>
    /// <param name="title">Read out instead of the picture, so it must say what the picture shows.</param>
    /// <param name="xName">Name of the horizontal axis.</param>
    /// <param name="yName">Name of the vertical axis.</param>
    /// <param name="series">At least one; the colours are given in order.</param>
    /// <param name="yMarks">Where the vertical axis is marked, at least two in rising order; round positions when null.</param>
    /// <param name="writeMark">How its marks are written; as numbers when null.</param>
    /// <exception cref="ArgumentException">There is nothing to draw, or a series has not as many positions as values.</exception>
    public static string Svg(
        string title,
        string xName,
        string yName,
        IReadOnlyList<ChartSeries> series,
        double[]? yMarks = null,
        Func<double, string>? writeMark = null)
    {
        ArgumentNullException.ThrowIfNull(series);
        ChartSeries[] coloured = [.. series.Select((one, number) => one with { CssClass = $"c{number % s_colours.Length}" })];
        string lines = Render(title, xName, yName, coloured, yMarks, writeMark);
        int height = Height + (LegendRow * (coloured.Length + 1));
        StringBuilder svg = new();
        svg.Append(Invariant($"<svg viewBox=\"0 0 {Width} {height}\" xmlns=\"http://www.w3.org/2000/svg\">\n<style>\n"));
        svg.Append(".line { fill: none; stroke-width: 1.8; stroke-linejoin: round; } .grid { stroke: #dfe5ea; } .axis { stroke: #5d6b7a; }\n");
        svg.Append(".tick { fill: #1d2733; font: 12px sans-serif; } .end { text-anchor: end; } .mid { text-anchor: middle; }\n");
        for (int colour = 0; colour < s_colours.Length; colour++)
        {
            svg.Append(Invariant($".c{colour} {{ stroke: {s_colours[colour]}; }}\n"));
        }

        svg.Append(Invariant($"</style>\n<rect width=\"{Width}\" height=\"{height}\" fill=\"#ffffff\"/>\n"));
        svg.Append(Invariant($"<svg width=\"{Width}\" height=\"{Height}\">\n"));
        svg.Append(lines).Append("</svg>\n");
        for (int line = 0; line < coloured.Length; line++)
        {
            int y = Height + (LegendRow * (line + 1));
            svg.Append(Invariant($"<line class=\"line {coloured[line].CssClass}\" x1=\"64\" x2=\"96\" y1=\"{y - 4}\" y2=\"{y - 4}\"/>"));
            svg.Append(Invariant($"<text class=\"tick\" x=\"104\" y=\"{y}\">{Encode(coloured[line].Name)}</text>\n"));
        }

        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>The SVG element, which takes its colours from a style sheet: classes line, grid, axis, tick, end, mid and those of the series.</summary>
    /// <param name="title">Read out instead of the picture, so it must say what the picture shows.</param>
    /// <param name="xName">Name of the horizontal axis.</param>
    /// <param name="yName">Name of the vertical axis.</param>
    /// <param name="series">At least one, with at least one finite value among them.</param>
    /// <param name="yMarks">Where the vertical axis is marked, at least two in rising order; round positions when null.</param>
    /// <param name="writeMark">How its marks are written; as numbers when null.</param>
    /// <exception cref="ArgumentException">There is nothing to draw, or a series has not as many positions as values.</exception>
    public static string Render(
        string title,
        string xName,
        string yName,
        IReadOnlyList<ChartSeries> series,
        double[]? yMarks = null,
        Func<double, string>? writeMark = null)
    {
        Require(series, yMarks);
        double[] allX = [.. series.SelectMany(item => item.X)];
        double[] allY = [.. series.SelectMany(item => item.Y).Where(double.IsFinite)];
        double[] xTicks = AxisTicks.Between(allX.Min(), allX.Max(), TicksWanted);
        double[] yTicks = yMarks ?? AxisTicks.Between(allY.Min(), allY.Max(), TicksWanted);
        (double xLow, double xHigh) = (allX.Min(), Math.Max(allX.Max(), allX.Min() + 1e-9));
        (double yLow, double yHigh) = (Math.Min(yTicks[0], allY.Append(yTicks[0]).Min()), Math.Max(yTicks[^1], allY.Append(yTicks[^1]).Max()));

        StringBuilder svg = new();
        svg.Append(Invariant($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\">\n"));
        svg.Append(Invariant($"<title>{Encode(title)}</title>\n"));
        foreach (double tick in yTicks)
        {
            double y = Y(tick);
            svg.Append(Invariant($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/>"));
            svg.Append(Invariant($"<text class=\"tick end\" x=\"{Left - 6}\" y=\"{y + 4:0.#}\">{writeMark?.Invoke(tick) ?? AxisTicks.Format(tick, yTicks)}</text>\n"));
        }

        foreach (double tick in xTicks.Where(tick => tick >= xLow && tick <= xHigh))
        {
            double x = X(tick);
            svg.Append(Invariant($"<line class=\"axis\" x1=\"{x:0.#}\" x2=\"{x:0.#}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom + 4}\"/>"));
            svg.Append(Invariant($"<text class=\"tick mid\" x=\"{x:0.#}\" y=\"{Height - Bottom + 18}\">{AxisTicks.Format(tick, xTicks)}</text>\n"));
        }

        svg.Append(Invariant($"<line class=\"axis\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom}\"/>\n"));
        svg.Append(Invariant($"<text class=\"tick mid\" x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 8}\">{Encode(xName)}</text>\n"));
        svg.Append(Invariant($"<text class=\"tick mid\" transform=\"translate(14 {(Top + Height - Bottom) / 2}) rotate(-90)\">{Encode(yName)}</text>\n"));
        foreach (ChartSeries item in series)
        {
            AppendLine(svg, item, X, Y);
        }

        return svg.Append("</svg>\n").ToString();

        double X(double value)
        {
            return Left + ((value - xLow) / (xHigh - xLow) * (Width - Left - Right));
        }

        double Y(double value)
        {
            return Height - Bottom - ((value - yLow) / (yHigh - yLow) * (Height - Top - Bottom));
        }
    }

    private static void Require(IReadOnlyList<ChartSeries> series, double[]? yMarks)
    {
        ArgumentNullException.ThrowIfNull(series);
        foreach (ChartSeries one in series)
        {
            if (one.X.Count != one.Y.Count)
            {
                throw new ArgumentException(
                    $"LineChart: the series '{one.Name}' has {one.X.Count} positions for {one.Y.Count} values. Pass one for each.", nameof(series));
            }
        }

        if (!series.Any(one => one.X.Count > 0) || (yMarks is null && !series.Any(one => one.Y.Any(double.IsFinite))))
        {
            throw new ArgumentException(
                $"LineChart: {series.Count} series without a finite value arrived, but at least one value is needed. Leave the chart out.", nameof(series));
        }
    }

    private static void AppendLine(StringBuilder svg, ChartSeries series, Func<double, double> x, Func<double, double> y)
    {
        StringBuilder path = new();
        bool isPenDown = false;
        for (int i = 0; i < series.X.Count; i++)
        {
            if (!double.IsFinite(series.Y[i]))
            {
                isPenDown = false;
                continue;
            }

            path.Append(Invariant($"{(isPenDown ? 'L' : 'M')}{x(series.X[i]):0.#} {y(series.Y[i]):0.#}"));
            isPenDown = true;
        }

        svg.Append(Invariant($"<path class=\"line {series.CssClass}\" d=\"{path}\"><title>{Encode(series.Name)}</title></path>\n"));
    }

    private static string Encode(string text)
    {
        return WebUtility.HtmlEncode(text);
    }

    private static string Invariant(FormattableString text)
    {
        return text.ToString(CultureInfo.InvariantCulture);
    }
}
