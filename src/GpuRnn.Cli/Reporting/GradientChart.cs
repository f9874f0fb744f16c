using System.Globalization;
using System.Net;
using System.Text;
using GpuRnn.Cli.Gradients;
using GpuRnn.Layers;

namespace GpuRnn.Cli.Reporting;

/// <summary>Draws the norms of ∂L/∂h_t over t on a logarithmic scale, as text and as a picture that stands alone.</summary>
internal static class GradientChart
{
    private const int PlotRows = 16;
    private const int AxisWidth = 10;
    private const int PictureWidth = 860;
    private const int ChartHeight = 320;
    private const int LegendRow = 22;
    private static readonly string[] s_colours = ["#c2410c", "#1d4ed8", "#0f766e", "#a21caf", "#111827", "#4d7c0f", "#475569", "#be123c"];

    /// <summary>Lines of text: the plot, a letter a line of it, and a legend with the first and last norm.</summary>
    public static IReadOnlyList<string> Text(IReadOnlyList<GradientResult> results, int width)
    {
        (string Name, double[] Logs)[] lines = [.. Lines(results)];
        double[] finite = [.. lines.SelectMany(line => line.Logs).Where(double.IsFinite)];
        if (finite.Length == 0)
        {
            return ["every gradient is zero: the loss reaches no step"];
        }

        (double low, double high) = (Math.Floor(finite.Min()), Math.Ceiling(finite.Max()));
        high = high > low ? high : low + 1;
        int steps = lines.Max(line => line.Logs.Length);
        int columns = Math.Min(steps, Math.Max(20, width - AxisWidth - 2));
        char[][] rows = [.. Enumerable.Range(0, PlotRows).Select(_ => Enumerable.Repeat(' ', columns).ToArray())];
        for (int line = 0; line < lines.Length; line++)
        {
            for (int column = 0; column < columns; column++)
            {
                int step = (int)((long)column * lines[line].Logs.Length / columns);
                double value = lines[line].Logs[step];
                if (double.IsFinite(value))
                {
                    rows[(int)Math.Round((high - value) / (high - low) * (PlotRows - 1))][column] = (char)('a' + (line % 26));
                }
            }
        }

        List<string> text = ["norm of dL/dh_t, logarithmic"];
        for (int row = 0; row < PlotRows; row++)
        {
            double exponent = high - ((high - low) * row / (PlotRows - 1));
            string scale = row % 5 == 0 ? Math.Pow(10, exponent).ToString("0.0E+0", CultureInfo.InvariantCulture) : string.Empty;
            text.Add($"{scale,AxisWidth - 1} |{new string(rows[row])}".TrimEnd());
        }

        text.Add(new string(' ', AxisWidth) + "+" + new string('-', columns));
        string last = $"t = {steps - 1}";
        text.Add($"{new string(' ', AxisWidth + 1)}t = 0{last.PadLeft(Math.Max(last.Length + 1, columns - 5))}");
        text.AddRange(lines.Select((line, number) => string.Create(
            CultureInfo.InvariantCulture,
            $"  {(char)('a' + (number % 26))} {line.Name}: {Math.Pow(10, line.Logs[0]):0.00E+0} at the first step, {Math.Pow(10, line.Logs[^1]):0.00E+0} at the last")));
        return text;
    }

    /// <summary>The picture.</summary>
    public static string Svg(IReadOnlyList<GradientResult> results)
    {
        (string Name, double[] Logs)[] lines = [.. Lines(results)];
        double[] finite = [.. lines.SelectMany(line => line.Logs).Where(double.IsFinite)];
        (double low, double high) = finite.Length == 0 ? (-1.0, 0.0) : (Math.Floor(finite.Min()), Math.Ceiling(finite.Max()));
        int stride = Math.Max(1, (int)Math.Ceiling((high - low) / 8));
        double[] ticks = [.. Enumerable.Range(0, (int)Math.Ceiling((high - low) / stride) + 1).Select(tick => low + (tick * stride))];
        ChartSeries[] series = [.. lines.Select((line, number) => new ChartSeries(
            line.Name, $"c{number % s_colours.Length}", [.. Enumerable.Range(0, line.Logs.Length).Select(step => (double)step)], line.Logs))];
        int height = ChartHeight + (LegendRow * (lines.Length + 1));
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {PictureWidth} {height}\" xmlns=\"http://www.w3.org/2000/svg\">\n<style>\n");
        svg.Append(".line { fill: none; stroke-width: 1.8; stroke-linejoin: round; } .grid { stroke: #dfe5ea; } .axis { stroke: #5d6b7a; }\n");
        svg.Append(".tick { fill: #1d2733; font: 12px sans-serif; } .end { text-anchor: end; } .mid { text-anchor: middle; }\n");
        for (int colour = 0; colour < s_colours.Length; colour++)
        {
            svg.Append(CultureInfo.InvariantCulture, $".c{colour} {{ stroke: {s_colours[colour]}; }}\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"</style>\n<rect width=\"{PictureWidth}\" height=\"{height}\" fill=\"#ffffff\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<svg width=\"{PictureWidth}\" height=\"{ChartHeight}\">\n");
        svg.Append(LineChart.Render("The norm of the loss's gradient at each time step", "time step t", "norm of dL/dh_t", series, ticks, Power));
        svg.Append("</svg>\n");
        for (int line = 0; line < lines.Length; line++)
        {
            int y = ChartHeight + (LegendRow * (line + 1));
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"line c{line % s_colours.Length}\" x1=\"64\" x2=\"96\" y1=\"{y - 4}\" y2=\"{y - 4}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"tick\" x=\"104\" y=\"{y}\">{WebUtility.HtmlEncode(lines[line].Name)}</text>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    // Zero has no logarithm: its step is left out of the line.
    private static IEnumerable<(string Name, double[] Logs)> Lines(IReadOnlyList<GradientResult> results)
    {
        foreach (GradientResult result in results)
        {
            foreach (GradientTrace trace in result.Traces)
            {
                yield return (result.NameOf(trace), [.. trace.Norms.Select(Math.Log10)]);
            }
        }
    }

    private static string Power(double exponent)
    {
        return string.Create(CultureInfo.InvariantCulture, $"1e{exponent:0}");
    }
}
