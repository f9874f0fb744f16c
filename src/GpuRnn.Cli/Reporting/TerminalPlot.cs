using System.Globalization;

namespace GpuRnn.Cli.Reporting;

/// <summary>Draws two series over one another with text characters.</summary>
internal static class TerminalPlot
{
    private const char TruthMark = '.';
    private const char ForecastMark = '+';
    private const char BothMark = '#';
    private const int AxisWidth = 10;
    private const int MinimumColumns = 20;

    /// <summary>One line of text a row of the plot, with a scale on the left, the first and last label below, and a legend.</summary>
    /// <param name="truth">At least one value.</param>
    /// <param name="forecast">As many values.</param>
    /// <param name="firstLabel">The time of the first value.</param>
    /// <param name="lastLabel">The time of the last value.</param>
    /// <param name="width">Columns to use, the scale included.</param>
    /// <param name="height">Rows of the plot area, at least 2.</param>
    /// <remarks>Where there are more values than columns, a column shows the mean of its values.</remarks>
    public static IReadOnlyList<string> Render(
        IReadOnlyList<double> truth, IReadOnlyList<double> forecast, string firstLabel, string lastLabel, int width, int height)
    {
        int columns = Math.Min(truth.Count, Math.Max(MinimumColumns, width - AxisWidth - 2));
        double[] truthMeans = Columns(truth, columns);
        double[] forecastMeans = Columns(forecast, columns);
        double low = Math.Min(truthMeans.Min(), forecastMeans.Min());
        double high = Math.Max(truthMeans.Max(), forecastMeans.Max());
        double span = high > low ? high - low : 1.0;

        char[][] rows = [.. Enumerable.Range(0, height).Select(_ => Enumerable.Repeat(' ', columns).ToArray())];
        for (int column = 0; column < columns; column++)
        {
            int truthRow = Row(truthMeans[column]);
            int forecastRow = Row(forecastMeans[column]);
            rows[truthRow][column] = TruthMark;
            rows[forecastRow][column] = truthRow == forecastRow ? BothMark : ForecastMark;
        }

        List<string> lines = [];
        for (int row = 0; row < height; row++)
        {
            string scale = row % 4 == 0 || row == height - 1 ? Number(high - (span * row / (height - 1))) : string.Empty;
            lines.Add($"{scale,AxisWidth - 1} |{new string(rows[row])}".TrimEnd());
        }

        lines.Add(new string(' ', AxisWidth) + "+" + new string('-', columns));
        int gap = Math.Max(1, columns - firstLabel.Length - lastLabel.Length);
        lines.Add(new string(' ', AxisWidth + 1) + firstLabel + new string(' ', gap) + lastLabel);
        lines.Add($"{new string(' ', AxisWidth + 1)}{TruthMark} truth   {ForecastMark} forecast   {BothMark} both");
        return lines;

        int Row(double value)
        {
            return (int)Math.Round((high - value) / span * (height - 1));
        }
    }

    private static double[] Columns(IReadOnlyList<double> values, int columns)
    {
        double[] means = new double[columns];
        for (int column = 0; column < columns; column++)
        {
            int start = (int)((long)column * values.Count / columns);
            int end = (int)((long)(column + 1) * values.Count / columns);
            means[column] = values.Skip(start).Take(end - start).Average();
        }

        return means;
    }

    private static string Number(double value)
    {
        return value.ToString(Math.Abs(value) < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture);
    }
}
