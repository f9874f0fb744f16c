namespace GpuRnn.Cli.Forecasting;

/// <summary>A forecaster that learns from the series: what a run builds, fits, evaluates and keeps.</summary>
internal interface IForecastModel : IForecaster, IDisposable
{
    /// <summary>How it will run, a line for each decision.</summary>
    /// <param name="batchSize">Windows a training step, where there are any.</param>
    string DescribeSchedule(int batchSize);

    /// <summary>Makes the examples ready; nothing is learned yet.</summary>
    IForecastTraining CreateTraining(TimeSeries series, SeriesSplit split);

    /// <summary>Writes what was learned.</summary>
    void Save(string path);

    /// <summary>Takes what was learned from a file.</summary>
    /// <exception cref="InputException">The file is missing, damaged, or of another model.</exception>
    void Load(string path);
}
