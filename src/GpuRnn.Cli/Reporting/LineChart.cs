using System.Globalization;
using System.Net;
using System.Text;

namespace GpuRnn.Cli.Reporting;

/// <summary>Draws lines over common axes as an SVG element that needs nothing but a style sheet for its colours.</summary>
internal static class LineChart
{
    private const int Width = 860;
    private const int Height = 320;
    private const int Left = 64;
    private const int Right = 16;
    private const int Top = 16;
    private const int Bottom = 48;
    private const int TicksWanted = 6;

    /// <summary>The SVG element.</summary>
    /// <param name="title">Read out instead of the picture, so it must say what the picture shows.</param>
    /// <param name="xName">Name of the horizontal axis.</param>
    /// <param name="yName">Name of the vertical axis.</param>
    /// <param name="series">At least one, with at least one finite value among them.</param>
    /// <param name="yMarks">Where the vertical axis is marked, at least two in rising order; round positions when null.</param>
    /// <param name="writeMark">How its marks are written; as numbers when null.</param>
    public static string Render(
        string title,
        string xName,
        string yName,
        IReadOnlyList<ChartSeries> series,
        double[]? yMarks = null,
        Func<double, string>? writeMark = null)
    {
        double[] allX = [.. series.SelectMany(item => item.X)];
        double[] allY = [.. series.SelectMany(item => item.Y).Where(double.IsFinite)];
        double[] xTicks = AxisTicks.Between(allX.Min(), allX.Max(), TicksWanted);
        double[] yTicks = yMarks ?? AxisTicks.Between(allY.Min(), allY.Max(), TicksWanted);
        (double xLow, double xHigh) = (allX.Min(), Math.Max(allX.Max(), allX.Min() + 1e-9));
        (double yLow, double yHigh) = (Math.Min(yTicks[0], allY.Min()), Math.Max(yTicks[^1], allY.Max()));

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
