using System.Text.Json;
using System.Text.Json.Nodes;
using GpuRnn.Cli.Forecasting;
using GpuRnn.Training;

namespace GpuRnn.Cli.Reporting;

/// <summary>Shows a run to a program: one JSON object a line, told apart by "event".</summary>
/// <param name="output">Receives the lines.</param>
/// <param name="isQuiet">True writes the last line only.</param>
internal sealed class JsonPresenter(TextWriter output, bool isQuiet) : IForecastPresenter
{
    /// <inheritdoc/>
    public void Started(TimeSeries series, SeriesSplit split, string device, string schedule)
    {
        if (!isQuiet)
        {
            Write(new JsonObject
            {
                ["event"] = "start",
                ["series"] = series.Name,
                ["column"] = series.ColumnName,
                ["train"] = split.TrainEnd,
                ["validation"] = split.Validation,
                ["holdOut"] = split.HoldOut,
                ["device"] = device,
                ["schedule"] = schedule,
            });
        }
    }

    /// <inheritdoc/>
    public TrainingResult WhileTraining(Func<IProgress<TrainingProgress>, TrainingResult> train)
    {
        EpochProgress progress = new(WriteEpoch);
        TrainingResult result = train(progress);
        progress.Complete(result);
        return result;
    }

    /// <inheritdoc/>
    public void Finished(ForecastOutcome outcome, string folder)
    {
        JsonObject forecasters = [];
        foreach (ForecasterEvaluation item in outcome.All)
        {
            forecasters[item.Key] = new JsonObject
            {
                ["name"] = item.Name,
                ["rmse"] = item.Errors.RootMeanSquare,
                ["mae"] = item.Errors.MeanAbsolute,
                ["future"] = new JsonArray([.. item.Future.Select(value => JsonValue.Create(value))]),
            };
        }

        Write(new JsonObject
        {
            ["event"] = "result",
            ["forecasters"] = forecasters,
            ["best"] = outcome.All.MinBy(item => item.Errors.RootMeanSquare)!.Key,
            ["verdict"] = ForecastComparison.Verdict(outcome.Network, outcome.Baselines),
            ["epochs"] = outcome.Epochs.Count,
            ["bestEpoch"] = outcome.BestEpoch,
            ["seconds"] = outcome.Elapsed.TotalSeconds,
            ["out"] = folder,
        });
    }

    /// <inheritdoc/>
    public void Interrupted(string checkpoint, string folder)
    {
        Write(new JsonObject { ["event"] = "interrupted", ["checkpoint"] = checkpoint, ["out"] = folder });
    }

    private void WriteEpoch(TrainingProgress progress)
    {
        if (!isQuiet)
        {
            Write(new JsonObject
            {
                ["event"] = "epoch",
                ["epoch"] = progress.Epoch,
                ["epochCount"] = progress.EpochCount,
                ["trainLoss"] = progress.TrainLoss,
                ["validationLoss"] = progress.ValidationLoss,
                ["learningRate"] = progress.LearningRate,
                ["gradientNorm"] = progress.GradientNorm,
                ["sequencesPerSecond"] = progress.SequencesPerSecond,
                ["elapsedSeconds"] = progress.Elapsed.TotalSeconds,
            });
        }
    }

    private void Write(JsonObject value)
    {
        output.WriteLine(value.ToJsonString(JsonSerializerOptions.Default));
        output.Flush();
    }
}
