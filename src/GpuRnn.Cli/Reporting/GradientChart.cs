using System.Globalization;
using GpuRnn.Cli.Gradients;
using GpuRnn.Layers;
using GpuRnn.Plots;

namespace GpuRnn.Cli.Reporting;

/// <summary>Draws the norms of ∂L/∂h_t over t on a logarithmic scale, as text and as a picture that stands alone.</summary>
internal static class GradientChart
{
    private const int PlotRows = 16;
    private const int AxisWidth = 10;

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
        ChartSeries[] series = [.. lines.Select(line => new ChartSeries(
            line.Name, [.. Enumerable.Range(0, line.Logs.Length).Select(step => (double)step)], line.Logs))];
        return LineChart.Svg("The norm of the loss's gradient at each time step", "time step t", "norm of dL/dh_t", series, ticks, Power);
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
