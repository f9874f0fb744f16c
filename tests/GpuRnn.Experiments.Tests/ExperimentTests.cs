using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Experiments.Frame;
using GpuRnn.Testing;

namespace GpuRnn.Experiments.Tests;

public sealed class ExperimentTests
{
    public static TheoryData<string> WithoutData =>
        [.. ExperimentList.All.Where(experiment => experiment.DataFile is null).Select(experiment => experiment.Name)];

    [Theory]
    [MemberData(nameof(WithoutData))]
    public void Quick_Seed1_ReachesEveryThreshold(string name) => RequireQuick(Find(name));

    [DataFact("timeseries/yearly-sunspots.csv")]
    public void Sunspots_QuickSeed1_ReachesEveryThreshold() => RequireQuick(Find("sunspots"));

    [Theory]
    [MemberData(nameof(All))]
    public void Page_StatesCommandSeedsAndEveryThresholdBesideThePublishedFigure(string name)
    {
        IExperiment experiment = Find(name);
        string page = File.ReadAllText(Path.Combine(RepositoryFolder.Root, "bench", "experiments", PageOf(experiment)));
        Assert.Contains($"--project bench/GpuRnn.Experiments -- {name}", page, StringComparison.Ordinal);
        Assert.Contains($"seeds {string.Join(", ", ExperimentOptions.FixedSeeds)}", page, StringComparison.Ordinal);
        foreach (Figure figure in experiment.Figures(isQuick: false))
        {
            Assert.Contains($"| {figure.Subject} | {figure.Name} |", page, StringComparison.Ordinal);
            Assert.Contains($" {figure.Threshold} |", page, StringComparison.Ordinal);
            Assert.Contains($"| {figure.Published} |", page, StringComparison.Ordinal);
        }
    }

    public static TheoryData<string> All => [.. ExperimentList.All.Select(experiment => experiment.Name)];

    private static IExperiment Find(string name) => ExperimentList.All.Single(experiment => experiment.Name == name);

    private static string PageOf(IExperiment experiment) => $"{experiment.Name}.md";

    private static void RequireQuick(IExperiment experiment)
    {
        StringWriter log = new();
        using Device device = DeviceCatalog.Open("cpu", threadCount: 1);
        ExperimentRun run = new(device, seed: 1, isQuick: true, log);
        experiment.Run(run);
        IReadOnlyList<Figure> figures = experiment.Figures(isQuick: true);
        run.RequireListed(figures);
        string[] missed = [.. figures
            .Where(figure => !figure.IsReached(run.Value(figure)))
            .Select(figure => $"{figure.Subject}, {figure.Name}: {Figure.Write(run.Value(figure))}, but {figure.Threshold} was needed")];
        Assert.True(missed.Length == 0, $"{string.Join(Environment.NewLine, missed)}{Environment.NewLine}{log}");
    }
}
