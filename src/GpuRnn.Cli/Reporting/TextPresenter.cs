using System.Globalization;
using GpuRnn.Cli.Forecasting;
using GpuRnn.Training;
using Spectre.Console;

namespace GpuRnn.Cli.Reporting;

/// <summary>Shows a run to a person: live on a terminal, line by line elsewhere, only the result when quiet.</summary>
/// <param name="host">Where to write.</param>
/// <param name="isQuiet">True leaves out everything but the errors table and the folder.</param>
internal sealed class TextPresenter(CommandHost host, bool isQuiet) : IForecastPresenter
{
    private const int PlotHeight = 16;
    private readonly IAnsiConsole _console = host.CreateConsole();

    /// <inheritdoc/>
    public void Started(TimeSeries series, SeriesSplit split, string device, string schedule)
    {
        if (isQuiet)
        {
            return;
        }

        Line($"Data      {series.Name}, column {series.ColumnName}: {split.Count} values, {series.DisplayLabel(0)} to {series.DisplayLabel(split.Count - 1)}");
        Line($"Parts     {split.TrainEnd} training, {split.Validation} validation, {split.HoldOut} held out from {series.DisplayLabel(split.ValidationEnd)}");
        Line($"Device    {device}");
        foreach (string line in schedule.TrimEnd().Split('\n'))
        {
            Line($"          {line.TrimEnd()}");
        }

        Line(string.Empty);
    }

    /// <inheritdoc/>
    public TrainingResult WhileTraining(Func<IProgress<TrainingProgress>, TrainingResult> train)
    {
        if (isQuiet)
        {
            return train(new Progress());
        }

        if (host.IsTerminal)
        {
            TrainingResult? result = null;
            _console.Live(new Text("starting")).Start(context => result = train(new LiveProgress(context)));
            return Announce(result!);
        }

        EpochProgress progress = new(epoch => Line(ProgressLine.Format(epoch)));
        TrainingResult finished = train(progress);
        progress.Complete(finished);
        return Announce(finished);
    }

    /// <inheritdoc/>
    public void Finished(ForecastOutcome outcome, string folder)
    {
        if (!isQuiet)
        {
            string first = outcome.Series.DisplayLabel(outcome.Split.ValidationEnd);
            string last = outcome.Series.DisplayLabel(outcome.Split.Count - 1);
            Line("One-step forecast of the held-out values by " + outcome.Network.Name);
            IReadOnlyList<string> plot = TerminalPlot.Render(
                outcome.Truth, outcome.Network.OneStep, first, last, host.Width, PlotHeight);
            foreach (string line in plot)
            {
                Line(line);
            }

            Line(string.Empty);
        }

        _console.Write(Errors(outcome));
        Line(ForecastComparison.Verdict(outcome.Network, outcome.Baselines));
        Line(string.Create(CultureInfo.InvariantCulture, $"Took {outcome.Elapsed.TotalSeconds:0.0} s. Results: {folder}"));
    }

    /// <inheritdoc/>
    public void Interrupted(string checkpoint, string folder)
    {
        Line($"Interrupted. Checkpoint: {checkpoint}");
        Line($"Continue with: gpurnn forecast --out {folder} --resume");
    }

    private static Table Errors(ForecastOutcome outcome)
    {
        Table table = new Table().Border(TableBorder.Simple);
        table.AddColumn("Held-out, one step ahead");
        foreach (string column in new[] { "RMSE", "MAE", "RMSE vs persistence" })
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (ForecasterEvaluation item in outcome.All)
        {
            double percent = ForecastComparison.PercentAbove(item, outcome.Baselines[0]);
            table.AddRow(
                Markup.Escape(item.Name),
                item.Errors.RootMeanSquare.ToString("0.00", CultureInfo.InvariantCulture),
                item.Errors.MeanAbsolute.ToString("0.00", CultureInfo.InvariantCulture),
                percent.ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture) + " %");
        }

        return table;
    }

    private TrainingResult Announce(TrainingResult result)
    {
        if (result.End == TrainingEnd.StoppedEarly)
        {
            Line($"Stopped early after epoch {result.Epochs.Count}; the weights of epoch {result.BestEpoch} were kept.");
        }
        else if (result.End == TrainingEnd.Completed && result.Epochs.Count == 0)
        {
            Line("No epoch was asked for; the weights are those that were drawn.");
        }
        else if (result.End == TrainingEnd.Completed)
        {
            Line($"All {result.Epochs.Count} epochs done; the weights of epoch {result.BestEpoch} were kept.");
        }

        Line(string.Empty);
        return result;
    }

    private void Line(string text)
    {
        host.Output.WriteLine(text);
    }

    private sealed class Progress : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
        }
    }
}
