namespace GpuRnn.Cli.Forecasting;

/// <summary>Says that the next value is the last one; what every forecast must beat.</summary>
internal sealed class PersistenceForecaster : IForecaster
{
    /// <inheritdoc/>
    public string Name => "Persistence";

    /// <inheritdoc/>
    public string Key => "persistence";

    /// <inheritdoc/>
    public int HistoryLength => 1;

    /// <inheritdoc/>
    public double[] PredictNext(IReadOnlyList<ReadOnlyMemory<double>> histories)
    {
        return [.. histories.Select(history => history.Span[^1])];
    }
}
