using GpuRnn.Cli.Forecasting;

namespace GpuRnn.Cli.Configuration;

/// <summary>Fills in what a configuration leaves to the data, so that the run folder holds every value that was used.</summary>
internal static class ConfigurationResolver
{
    private const int SunspotHoldOut = 240;
    private const int SunspotValidation = 120;
    private const int SunspotSeason = 132;
    private const int MonthsOfYear = 12;

    /// <summary>The configuration without nulls (but for the embedded series and the absent time column) and without "auto" transforms.</summary>
    public static ForecastConfiguration Resolve(ForecastConfiguration configuration, TimeSeries series)
    {
        bool isEmbedded = configuration.Data is null;
        int count = series.Values.Length;
        string transform = configuration.Transform;
        if (transform == "auto")
        {
            transform = series.Values.All(value => value >= 0) ? "sqrt" : "none";
        }

        return configuration with
        {
            Column = series.ColumnName,
            HoldOut = configuration.HoldOut ?? (isEmbedded ? SunspotHoldOut : Math.Max(1, count / 5)),
            Validation = configuration.Validation ?? (isEmbedded ? SunspotValidation : Math.Max(1, count / 10)),
            Season = configuration.Season ?? (isEmbedded ? SunspotSeason : MonthsOfYear),
            Transform = transform,
        };
    }
}
