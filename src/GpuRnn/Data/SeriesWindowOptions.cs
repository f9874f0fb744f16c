namespace GpuRnn.Data;

/// <summary>How examples are cut from a series.</summary>
public sealed record SeriesWindowOptions
{
    /// <summary>T: past time steps that an example sees; at least 1.</summary>
    public required int Window { get; init; }

    /// <summary>Time steps that follow the window and are to be predicted; at least 1.</summary>
    public int Horizon { get; init; } = 1;

    /// <summary>Time steps from one example to the next; at least 1.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>The columns to predict, counted from 0; all of them when null.</summary>
    public IReadOnlyList<int>? TargetColumns { get; init; }

    /// <summary>
    /// True predicts how far each value lies from the last one of the window instead of the value itself, so that an untrained network already
    /// forecasts persistence.
    /// </summary>
    public bool PredictsChange { get; init; }
}
