using System.Globalization;

namespace GpuRnn.Cli.Forecasting;

/// <summary>The values to forecast, oldest first, with the label of each row.</summary>
/// <param name="Name">What to call the series: the file and the column.</param>
/// <param name="ColumnName">The column the values came from.</param>
/// <param name="Labels">The time column as it was written, or row numbers; as many as values.</param>
/// <param name="Values">Finite numbers.</param>
internal sealed record TimeSeries(string Name, string ColumnName, IReadOnlyList<string> Labels, double[] Values)
{
    /// <summary>A row's label as people read it: a number with many decimals is cut to three.</summary>
    public string DisplayLabel(int row)
    {
        string label = Labels[row];
        bool isNumber = double.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out double time);
        return isNumber && label.Contains('.') ? time.ToString("0.###", CultureInfo.InvariantCulture) : label;
    }

    /// <summary>Labels for rows past the end: numeric ones go on in the mean step, others become "+1", "+2".</summary>
    public IReadOnlyList<string> FutureLabels(int count)
    {
        return TimeAxis.TryParse(Labels, out double[] times) && times.Length > 1
            ? [.. Enumerable.Range(1, count).Select(step => TimeAxis.Format(times[^1] + (step * TimeAxis.MeanStep(times))))]
            : [.. Enumerable.Range(1, count).Select(step => $"+{step}")];
    }
}
