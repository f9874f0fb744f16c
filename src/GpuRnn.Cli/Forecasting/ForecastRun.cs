using System.Diagnostics;
using GpuRnn.Cli.Configuration;
using GpuRnn.Cli.Reporting;
using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Training;

namespace GpuRnn.Cli.Forecasting;

/// <summary>A forecasting run from the data to the run folder.</summary>
/// <param name="request">What to do.</param>
/// <param name="presenter">Shows what happens.</param>
internal sealed class ForecastRun(ForecastRequest request, IForecastPresenter presenter)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>Runs to the end or until interrupted.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    /// <exception cref="InputException">Something in the request cannot be used; nothing was overwritten.</exception>
    public int Execute(CancellationToken cancellationToken)
    {
        ForecastConfiguration configuration = request.Configuration;
        CellSettings.RequireFit(configuration);
        TimeSeries series = SeriesReader.Read(configuration.Data, configuration.Column, configuration.TimeColumn);
        configuration = ConfigurationResolver.Resolve(configuration, series);
        SeriesSplit split = SeriesSplit.Create(series, configuration);
        SeriesScale scale = SeriesScale.Fit(series, split.TrainEnd, configuration.Transform);
        Checkpoint? checkpoint = request.CheckpointPath is null ? null : NetworkCheckpoint.Load(request.CheckpointPath);
        IForecaster[] baselines =
        [
            new PersistenceForecaster(),
            new SeasonalNaiveForecaster(configuration.Season!.Value),
            AutoregressionForecaster.Fit(series.Values.AsSpan(0, split.TrainEnd), configuration.Window),
        ];

        using Device device = InputGuard.Run(() => DeviceCatalog.Open(configuration.Device));
        IForecastCell cell = ForecastCells.Find(configuration.Cell);
        using IForecastModel network = InputGuard.Build(
            "gpurnn forecast", cell.DescribeSizes(configuration), () => cell.Create(device, configuration, scale));
        if (request.ModelPath is not null)
        {
            network.Load(request.ModelPath);
        }

        using RunFolder folder = RunFolder.Open(configuration.Out);
        int batchSize = Math.Min(configuration.BatchSize, split.TrainEnd - split.Window);
        string schedule = InputGuard.Build("gpurnn forecast", $"--batch-size {batchSize}", () => network.DescribeSchedule(batchSize));
        presenter.Started(series, split, device.ToString(), schedule);
        TrainingResult? training = null;
        if (request.ModelPath is null)
        {
            IForecastTraining trainer = network.CreateTraining(series, split);
            training = presenter.WhileTraining(progress => trainer.Fit(progress, checkpoint, cancellationToken));
            if (training.End == TrainingEnd.Cancelled)
            {
                return Interrupt(trainer, configuration, folder);
            }
        }

        ForecasterEvaluation result = Evaluate(network, series, split, configuration);
        RequireFinite(result);
        ForecastOutcome outcome = new(
            configuration,
            series,
            split,
            device.ToString(),
            schedule,
            NetworkTraining.Losses(training),
            training?.BestEpoch ?? 0,
            result,
            [.. baselines.Select(baseline => Evaluate(baseline, series, split, configuration))],
            _clock.Elapsed);
        Write(outcome, network, folder);
        presenter.Finished(outcome, folder.Path);
        return ExitCode.Success;
    }

    private static ForecasterEvaluation Evaluate(
        IForecaster forecaster, TimeSeries series, SeriesSplit split, ForecastConfiguration configuration)
    {
        return ForecasterEvaluation.Of(forecaster, series.Values, split.ValidationEnd, configuration.Horizon);
    }

    private static void RequireFinite(ForecasterEvaluation result)
    {
        if (!result.ByHorizon.All(errors => double.IsFinite(errors.RootMeanSquare)))
        {
            throw new InputException(
                "gpurnn forecast",
                $"the forecasts of {result.Name} are no finite numbers after training, but must be",
                "Pass a smaller --learning-rate or a smaller --clip-norm above 0");
        }
    }

    private int Interrupt(IForecastTraining trainer, ForecastConfiguration configuration, RunFolder folder)
    {
        trainer.SaveCheckpoint(folder.Stage(RunFolder.CheckpointFile), ConfigurationFile.Write(configuration, request.Settings));
        folder.Commit();
        presenter.Interrupted(folder.Final(RunFolder.CheckpointFile), folder.Path);
        return ExitCode.Interrupted;
    }

    private void Write(ForecastOutcome outcome, IForecastModel network, RunFolder folder)
    {
        File.WriteAllText(folder.Stage("config.json"), ConfigurationFile.Write(outcome.Configuration, request.Settings));
        WriteTable(folder.Stage("metrics.csv"), ResultFiles.WriteMetrics, outcome);
        WriteTable(folder.Stage("training.csv"), ResultFiles.WriteTraining, outcome);
        WriteTable(folder.Stage("forecast.csv"), ResultFiles.WriteForecast, outcome);
        File.WriteAllText(folder.Stage("report.html"), HtmlReport.Render(outcome, request.Settings));
        network.Save(folder.Stage(RunFolder.ModelFile));
        folder.Commit();
        folder.Remove(RunFolder.CheckpointFile);
    }

    private static void WriteTable(string path, Action<TextWriter, ForecastOutcome> write, ForecastOutcome outcome)
    {
        using StreamWriter writer = new(path);
        write(writer, outcome);
    }
}
