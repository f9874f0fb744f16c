using System.Globalization;
using System.Text;

namespace GpuRnn.Experiments.Frame;

/// <summary>The Markdown table of a result: every seed's number beside the threshold and the published one.</summary>
internal static class ExperimentTable
{
    /// <summary>Writes it, a line for each figure, and the seconds of each seed.</summary>
    public static string Write(IReadOnlyList<Figure> figures, IReadOnlyList<ExperimentRun> runs, IReadOnlyList<double> seconds)
    {
        StringBuilder text = new();
        string seeds = string.Concat(runs.Select(run => $" seed {run.Seed} |"));
        text.AppendLine($"| model | figure |{seeds} threshold | reached | published |");
        text.AppendLine($"|---|---|{string.Concat(runs.Select(_ => "---|"))}---|---|---|");
        foreach (Figure figure in figures)
        {
            double[] values = [.. runs.Select(run => run.Value(figure))];
            string cells = string.Concat(values.Select(value => $" {Figure.Write(value)} |"));
            string reached = figure.HasThreshold ? $"{values.Count(figure.IsReached)} of {values.Length}" : "-";
            text.AppendLine($"| {figure.Subject} | {figure.Name} |{cells} {figure.Threshold} | {reached} | {figure.Published} |");
        }

        string times = string.Join(", ", seconds.Select(one => one.ToString("0.0", CultureInfo.InvariantCulture)));
        text.AppendLine($"seconds: {times}");
        return text.ToString();
    }
}
