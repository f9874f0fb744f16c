using System.Globalization;
using System.Net;
using System.Text;
using GpuRnn.Cli.Configuration;
using GpuRnn.Cli.Forecasting;
using GpuRnn.Plots;

namespace GpuRnn.Cli.Reporting;

/// <summary>A run as one HTML page: no scripts, no files beside it, readable on paper.</summary>
internal static class HtmlReport
{
    private const string Style = """
        :root { --ink: #1d2733; --soft: #5d6b7a; --grid: #dfe5ea; --paper: #ffffff; --truth: #8a97a5; --network: #c2410c; --second: #1d4ed8; --third: #0f766e; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e6ebf0; --soft: #9aa8b6; --grid: #2f3b47; --paper: #141b22; --truth: #8a97a5; --network: #fb923c; --second: #7aa2ff; --third: #4fd1c5; } }
        body { margin: 0 auto; max-width: 56rem; padding: 2rem 1rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
        h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
        p.lead { font-size: 1.05rem; } .soft { color: var(--soft); }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { text-align: right; padding: .3rem .6rem; border-bottom: 1px solid var(--grid); }
        th:first-child, td:first-child { text-align: left; } tr.best td { font-weight: 600; }
        svg { width: 100%; height: auto; } .line { fill: none; stroke-width: 1.6; stroke-linejoin: round; }
        .grid { stroke: var(--grid); } .axis { stroke: var(--soft); }
        .tick { fill: var(--soft); font: 12px system-ui, sans-serif; } .end { text-anchor: end; } .mid { text-anchor: middle; }
        .truth { stroke: var(--truth); } .network { stroke: var(--network); } .second { stroke: var(--second); } .third { stroke: var(--third); }
        .legend { margin: .25rem 0 0; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; font-size: .9rem; }
        .legend svg { width: 1.6rem; height: .8rem; vertical-align: middle; margin-right: .35rem; } .legend .line { stroke-width: 3; }
        pre { white-space: pre-wrap; background: color-mix(in srgb, var(--grid) 40%, transparent); padding: .75rem; border-radius: .4rem; font-size: .85rem; }
        """;

    /// <summary>The page's whole text.</summary>
    /// <param name="outcome">The run.</param>
    /// <param name="settings">For the table of the configuration.</param>
    public static string Render(ForecastOutcome outcome, IReadOnlyList<Setting> settings)
    {
        StringBuilder html = new();
        string title = $"Forecast of {outcome.Series.ColumnName} in {outcome.Series.Name}";
        html.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.Append($"<title>{Encode(title)}</title>\n<style>\n{Style}\n</style>\n</head>\n<body>\n");
        html.Append($"<h1>{Encode(title)}</h1>\n");
        html.Append($"<p class=\"soft\">{Encode(Data(outcome))}</p>\n");
        html.Append($"<p class=\"lead\">{Encode(ForecastComparison.Verdict(outcome.Network, outcome.Baselines))}</p>\n");
        AppendErrors(html, outcome);
        AppendHeldOut(html, outcome);
        AppendLosses(html, outcome);
        AppendHorizon(html, outcome);
        AppendFuture(html, outcome);
        html.Append($"<h2>Where and how it ran</h2>\n<pre>{Encode($"{outcome.Device}\n{outcome.Schedule}".TrimEnd())}</pre>\n");
        html.Append("<h2>Configuration</h2>\n<p>Saved as <code>config.json</code>; run <code>gpurnn forecast --config config.json</code> ");
        html.Append($"to repeat it.</p>\n<pre>{Encode(ConfigurationFile.Write(outcome.Configuration, settings).TrimEnd())}</pre>\n");
        return html.Append("</body>\n</html>\n").ToString();
    }

    private static string Data(ForecastOutcome outcome)
    {
        SeriesSplit split = outcome.Split;
        TimeSeries series = outcome.Series;
        return $"{split.Count} values: {split.TrainEnd} for training ({series.DisplayLabel(0)} to {series.DisplayLabel(split.TrainEnd - 1)}), {split.Validation} for "
            + $"early stopping (to {series.DisplayLabel(split.ValidationEnd - 1)}), {split.HoldOut} held out (to {series.DisplayLabel(split.Count - 1)}). "
            + string.Create(CultureInfo.InvariantCulture, $"The run took {outcome.Elapsed.TotalSeconds:0.0} s.");
    }

    private static void AppendErrors(StringBuilder html, ForecastOutcome outcome)
    {
        double best = outcome.All.Min(item => item.Errors.RootMeanSquare);
        html.Append("<h2>One-step errors on the held-out part</h2>\n<table>\n");
        html.Append("<tr><th>Forecaster</th><th>RMSE</th><th>MAE</th><th>RMSE against persistence</th></tr>\n");
        ForecasterEvaluation persistence = outcome.Baselines[0];
        foreach (ForecasterEvaluation item in outcome.All)
        {
            string row = item.Errors.RootMeanSquare == best ? " class=\"best\"" : string.Empty;
            html.Append(CultureInfo.InvariantCulture, $"<tr{row}><td>{Encode(item.Name)}</td><td>{item.Errors.RootMeanSquare:0.00}</td>");
            html.Append(CultureInfo.InvariantCulture, $"<td>{item.Errors.MeanAbsolute:0.00}</td>");
            html.Append(CultureInfo.InvariantCulture, $"<td>{ForecastComparison.PercentAbove(item, persistence):+0.0;-0.0;0.0} %</td></tr>\n");
        }

        html.Append("</table>\n");
    }

    private static void AppendHeldOut(StringBuilder html, ForecastOutcome outcome)
    {
        double[] x = Positions(outcome, outcome.Split.ValidationEnd, outcome.Split.HoldOut);
        html.Append("<h2>One-step forecast and truth</h2>\n");
        AppendChart(
            html,
            "One-step forecasts of the held-out values by the network, and the true values",
            "time",
            outcome.Series.ColumnName,
            [new("truth", x, outcome.Truth, "truth"), new(outcome.Network.Name, x, outcome.Network.OneStep, "network")]);
    }

    private static void AppendLosses(StringBuilder html, ForecastOutcome outcome)
    {
        html.Append("<h2>Loss by epoch</h2>\n");
        if (outcome.Epochs.Count == 0)
        {
            html.Append("<p>Nothing was trained: a saved model was used, or no epoch asked for.</p>\n");
            return;
        }

        double[] x = [.. outcome.Epochs.Select(epoch => (double)epoch.Epoch)];
        html.Append($"<p>Mean squared error in standard units. The weights of epoch {outcome.BestEpoch} were kept.</p>\n");
        AppendChart(
            html,
            "Loss on training and validation data after each epoch",
            "epoch",
            "loss",
            [
                new("training", x, [.. outcome.Epochs.Select(epoch => epoch.Train)], "second"),
                new("validation", x, [.. outcome.Epochs.Select(epoch => epoch.Validation)], "network"),
            ]);
    }

    private static void AppendHorizon(StringBuilder html, ForecastOutcome outcome)
    {
        if (outcome.Network.ByHorizon.Count < 2)
        {
            return;
        }

        double[] x = [.. Enumerable.Range(1, outcome.Network.ByHorizon.Count).Select(step => (double)step)];
        string[] classes = ["network", "truth", "third", "second"];
        html.Append("<h2>RMSE by steps ahead</h2>\n<p>Beyond one step, each forecaster is fed its own forecasts.</p>\n");
        AppendChart(
            html,
            "Root mean square error of each forecaster, by steps ahead",
            "steps ahead",
            "RMSE",
            [.. outcome.All.Select((item, i) => new ChartSeries(
                item.Name, x, [.. item.ByHorizon.Select(errors => errors.RootMeanSquare)], classes[i % classes.Length]))]);
    }

    private static void AppendFuture(StringBuilder html, ForecastOutcome outcome)
    {
        int horizon = outcome.Network.Future.Length;
        int shown = Math.Min(outcome.Split.HoldOut, Math.Max(24, 4 * horizon));
        double[] x = Positions(outcome, outcome.Split.Count - shown, shown + horizon);
        double[] past = outcome.Series.Values[^shown..];
        html.Append("<h2>Past the end of the data</h2>\n");
        AppendChart(
            html,
            $"The last {shown} values and the forecast of the next {horizon}",
            "time",
            outcome.Series.ColumnName,
            [
                new("truth", x[..shown], past, "truth"),
                new(outcome.Network.Name, x[(shown - 1)..], [past[^1], .. outcome.Network.Future], "network"),
            ]);
    }

    private static void AppendChart(StringBuilder html, string title, string xName, string yName, IReadOnlyList<ChartSeries> series)
    {
        html.Append(LineChart.Render(title, xName, yName, series));
        html.Append("<ul class=\"legend\">");
        foreach (ChartSeries item in series)
        {
            string key = $"<svg viewBox=\"0 0 16 8\" aria-hidden=\"true\"><path class=\"line {item.CssClass}\" d=\"M0 4L16 4\"/></svg>";
            html.Append($"<li>{key}{Encode(item.Name)}</li>");
        }

        html.Append("</ul>\n");
    }

    private static double[] Positions(ForecastOutcome outcome, int start, int count)
    {
        if (!TimeAxis.TryParse(outcome.Series.Labels, out double[] times) || times.Length < 2)
        {
            return [.. Enumerable.Range(start, count).Select(row => (double)row)];
        }

        double step = TimeAxis.MeanStep(times);
        return [.. Enumerable.Range(start, count).Select(
            row => row < times.Length ? times[row] : times[^1] + ((row - times.Length + 1) * step))];
    }

    private static string Encode(string text)
    {
        return WebUtility.HtmlEncode(text);
    }
}
