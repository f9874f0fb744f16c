using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace GpuRnn.Experiments.Frame;

/// <summary>The result of an experiment as JSON, with the machine it ran on.</summary>
internal static class ExperimentFile
{
    private static readonly JsonSerializerOptions s_format = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>Writes <c>NAME.json</c> into a folder, which is made where it is missing.</summary>
    /// <returns>The file's path.</returns>
    public static string Write(
        string folder,
        ExperimentOptions options,
        IReadOnlyList<Figure> figures,
        IReadOnlyList<ExperimentRun> runs,
        IReadOnlyList<double> seconds)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, $"{options.Experiment.Name}{(options.IsQuick ? "-quick" : string.Empty)}.json");
        object content = new
        {
            experiment = options.Experiment.Name,
            source = options.Experiment.Source,
            quick = options.IsQuick,
            device = runs[0].Device.ToString(),
            threads = options.Threads,
            operatingSystem = RuntimeInformation.OSDescription,
            framework = RuntimeInformation.FrameworkDescription,
            finished = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            seeds = runs.Select(run => run.Seed),
            seconds = seconds.Select(one => Math.Round(one, 1)),
            figures = figures.Select(figure => new
            {
                subject = figure.Subject,
                name = figure.Name,
                values = runs.Select(run => Finite(run.Value(figure))),
                atLeast = figure.AtLeast,
                atMost = figure.AtMost,
                reached = figure.HasThreshold ? runs.Count(run => figure.IsReached(run.Value(figure))) : (int?)null,
                published = figure.Published,
            }),
        };
        File.WriteAllText(path, JsonSerializer.Serialize(content, s_format) + "\n");
        return path;
    }

    // JSON has no NaN and no infinity.
    private static object Finite(double value) => double.IsFinite(value) ? value : value.ToString(CultureInfo.InvariantCulture);
}
