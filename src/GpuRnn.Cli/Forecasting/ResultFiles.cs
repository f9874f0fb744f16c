using System.Globalization;
using CsvHelper;

namespace GpuRnn.Cli.Forecasting;

/// <summary>Writes a run's tables as CSV.</summary>
internal static class ResultFiles
{
    /// <summary>metrics.csv: one row a forecaster and number of steps ahead.</summary>
    public static void WriteMetrics(TextWriter writer, ForecastOutcome outcome)
    {
        using CsvWriter csv = new(writer, CultureInfo.InvariantCulture, leaveOpen: true);
        WriteRow(csv, "forecaster", "steps_ahead", "rmse", "mae", "count");
        foreach (ForecasterEvaluation evaluation in outcome.All)
        {
            for (int step = 0; step < evaluation.ByHorizon.Count; step++)
            {
                ErrorMeasures errors = evaluation.ByHorizon[step];
                WriteRow(csv, evaluation.Key, step + 1, errors.RootMeanSquare, errors.MeanAbsolute, errors.Count);
            }
        }
    }

    /// <summary>training.csv: one row an epoch.</summary>
    public static void WriteTraining(TextWriter writer, ForecastOutcome outcome)
    {
        using CsvWriter csv = new(writer, CultureInfo.InvariantCulture, leaveOpen: true);
        WriteRow(csv, "epoch", "train_loss", "validation_loss", "learning_rate", "gradient_norm");
        foreach (EpochLosses epoch in outcome.Epochs)
        {
            WriteRow(csv, epoch.Epoch, epoch.Train, epoch.Validation, epoch.LearningRate, epoch.GradientNorm);
        }
    }

    /// <summary>forecast.csv: the one-step forecasts of the held-out values, then the forecast past the end, whose truth is empty.</summary>
    public static void WriteForecast(TextWriter writer, ForecastOutcome outcome)
    {
        using CsvWriter csv = new(writer, CultureInfo.InvariantCulture, leaveOpen: true);
        WriteRow(csv, ["time", "part", "truth", .. outcome.All.Select(evaluation => evaluation.Key)]);
        double[] truth = outcome.Truth;
        for (int i = 0; i < truth.Length; i++)
        {
            string label = outcome.Series.Labels[outcome.Split.ValidationEnd + i];
            WriteRow(csv, [label, "held_out", truth[i], .. outcome.All.Select(evaluation => (object)evaluation.OneStep[i])]);
        }

        IReadOnlyList<string> future = outcome.Series.FutureLabels(outcome.Network.Future.Length);
        for (int i = 0; i < future.Count; i++)
        {
            WriteRow(csv, [future[i], "future", string.Empty, .. outcome.All.Select(evaluation => (object)evaluation.Future[i])]);
        }
    }

    private static void WriteRow(CsvWriter csv, params object[] fields)
    {
        foreach (object field in fields)
        {
            csv.WriteField(field);
        }

        csv.NextRecord();
    }
}
