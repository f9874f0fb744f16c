using System.Globalization;
using System.Text;

namespace GpuRnn.Samples;

/// <summary>The table of a sample: every seed's number, the median, what is asked and what the peer reached.</summary>
internal static class SampleReport
{
    /// <summary>Writes it in Markdown, a line for each figure and one for the seconds.</summary>
    /// <param name="information">The sample.</param>
    /// <param name="runs">One for each seed.</param>
    /// <param name="counts">False hides what is asked and the peer: the run was on a stand-in or too short.</param>
    public static string Write(SampleInformation information, IReadOnlyList<SampleRun> runs, bool counts)
    {
        StringBuilder text = new();
        string seeds = string.Concat(runs.Select(run => $" seed {run.Seed} |"));
        text.Append(CultureInfo.InvariantCulture, $"| figure |{seeds} median | asked | reached | {information.Peer} |\n");
        text.Append(CultureInfo.InvariantCulture, $"|---|{string.Concat(runs.Select(_ => "---|"))}---|---|---|---|\n");
        foreach (SampleFigure figure in information.Figures)
        {
            double[] values = [.. runs.Select(run => run.Value(figure))];
            string peer = counts && figure.Peer is double number ? SampleFigure.Write(number) : "-";
            string asked = counts ? figure.Asked : "-";
            string verdict = counts ? figure.Verdict(Median(values)) : "-";
            text.Append(CultureInfo.InvariantCulture, $"| {figure.Name} |{Cells(values)} {asked} | {verdict} | {peer} |\n");
        }

        string peerTime = counts ? information.PeerTime ?? "-" : "-";
        double[] seconds = [.. runs.Select(run => Math.Round(run.Seconds, 1))];
        text.Append(CultureInfo.InvariantCulture, $"| seconds |{Cells(seconds)} - | - | {peerTime} |\n");
        if (!counts)
        {
            text.Append("The figures say nothing about the task: they come from generated data or a short run.\n");
        }

        return text.ToString();
    }

    /// <summary>The middle value, or the mean of the two middle ones.</summary>
    public static double Median(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;
    }

    private static string Cells(double[] values)
    {
        return string.Concat(values.Append(Median(values)).Select(value => $" {SampleFigure.Write(value)} |"));
    }
}
