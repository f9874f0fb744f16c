using System.Globalization;

namespace GpuRnn.Cli.Forecasting;

/// <summary>Row labels as positions on an axis.</summary>
internal static class TimeAxis
{
    /// <summary>Reads the labels as numbers; false when one is none.</summary>
    public static bool TryParse(IReadOnlyList<string> labels, out double[] times)
    {
        times = new double[labels.Count];
        for (int i = 0; i < labels.Count; i++)
        {
            if (!double.TryParse(labels[i], NumberStyles.Float, CultureInfo.InvariantCulture, out times[i]) || !double.IsFinite(times[i]))
            {
                times = [];
                return false;
            }
        }

        return true;
    }

    /// <summary>Mean difference of neighbours.</summary>
    public static double MeanStep(double[] times)
    {
        return (times[^1] - times[0]) / (times.Length - 1);
    }

    /// <summary>Up to eight decimals, as the sunspot file has them.</summary>
    public static string Format(double time)
    {
        return time.ToString("0.########", CultureInfo.InvariantCulture);
    }
}
