using GpuRnn.Cli.Forecasting;
using GpuRnn.Training;

namespace GpuRnn.Cli.Reporting;

/// <summary>Shows a forecasting run while it happens and when it is over.</summary>
internal interface IForecastPresenter
{
    /// <summary>The input was accepted and training is about to start.</summary>
    /// <param name="series">The data.</param>
    /// <param name="split">How it is cut.</param>
    /// <param name="device">The device's id and name.</param>
    /// <param name="schedule">The scheduler's choice and reasons.</param>
    void Started(TimeSeries series, SeriesSplit split, string device, string schedule);

    /// <summary>Calls <paramref name="train"/> once and shows what it reports.</summary>
    TrainingResult WhileTraining(Func<IProgress<TrainingProgress>, TrainingResult> train);

    /// <summary>All results are in the run folder.</summary>
    void Finished(ForecastOutcome outcome, string folder);

    /// <summary>The run was interrupted and can be continued.</summary>
    void Interrupted(string checkpoint, string folder);
}
