namespace GpuRnn.Cli.Forecasting;

/// <summary>A rule that forecasts the value after a history.</summary>
internal interface IForecaster
{
    /// <summary>What tables call it.</summary>
    string Name { get; }

    /// <summary>What columns of files call it: lower case, no spaces.</summary>
    string Key { get; }

    /// <summary>Past values it looks at.</summary>
    int HistoryLength { get; }

    /// <summary>Forecasts the next value after each history.</summary>
    /// <param name="histories">Oldest first, in the unit of the data; each at least <see cref="HistoryLength"/> long.</param>
    /// <returns>One value a history, in the unit of the data.</returns>
    double[] PredictNext(IReadOnlyList<ReadOnlyMemory<double>> histories);
}
