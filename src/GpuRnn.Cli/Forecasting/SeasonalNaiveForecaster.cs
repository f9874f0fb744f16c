namespace GpuRnn.Cli.Forecasting;

/// <summary>Says that the next value is the one a season earlier.</summary>
/// <param name="season">Steps a season, at least 1.</param>
internal sealed class SeasonalNaiveForecaster(int season) : IForecaster
{
    /// <inheritdoc/>
    public string Name => $"Seasonal naive ({season})";

    /// <inheritdoc/>
    public string Key => "seasonal_naive";

    /// <inheritdoc/>
    public int HistoryLength => season;

    /// <inheritdoc/>
    public double[] PredictNext(IReadOnlyList<ReadOnlyMemory<double>> histories)
    {
        return [.. histories.Select(history => history.Span[^season])];
    }
}
