using System.Globalization;
using GpuRnn.Composition;
using GpuRnn.Devices;

namespace GpuRnn.Samples.Tests;

/// <summary>The frame that all samples share.</summary>
[Collection("console")]
public sealed class SampleTests
{
    private static readonly SampleInformation s_information = new(
        "flowers", "a task", [new SampleFigure("accuracy", 0.9) { AtLeast = 0.8 }, new SampleFigure("loss")])
    {
        DataFiles = ["nowhere/flowers.csv"],
        StandIn = "three flowers",
        PeerTime = "125 s",
    };

    [Fact]
    public void Options_None_AreThreeSeedsOnTheFastestDevice()
    {
        SampleOptions options = SampleOptions.Parse([], s_information);
        Assert.Equal([1UL, 2UL, 3UL], options.Seeds);
        Assert.Equal(("auto", null, false), (options.Device, options.Threads, options.IsQuick));
        Assert.Equal(Path.Combine("runs", "samples", "flowers"), options.Folder);
    }

    [Fact]
    public void Options_All_AreTaken()
    {
        SampleOptions options = SampleOptions.Parse(
            ["--quick", "--seed", "7", "--device", "cpu", "--threads", "1", "--out", "here"], s_information);
        Assert.Equal([7UL], options.Seeds);
        Assert.Equal(("cpu", 1, true, "here"), (options.Device, options.Threads, options.IsQuick, options.Folder));
        Assert.Equal([1UL], SampleOptions.Parse(["--quick"], s_information).Seeds);
        Assert.Equal([1UL], SampleOptions.Parse([], s_information with { SeedCount = 1 }).Seeds);
    }

    [Theory]
    [InlineData("--fast", "'--fast' arrived, but --quick")]
    [InlineData("--seed", "--seed: nothing arrived, but a value")]
    [InlineData("--seed 0", "'0' arrived, but a whole number from 1")]
    [InlineData("--threads two", "'two' arrived, but a whole number from 1")]
    public void Options_Mistake_IsNamed(string arguments, string message)
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => SampleOptions.Parse(arguments.Split(' '), s_information));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_OnRealData_ShowsEverySeedTheMedianAndThePeer()
    {
        string text = SampleReport.Write(s_information, Runs(0.7, 0.95, 0.81), counts: true);
        Assert.Contains("| figure | seed 1 | seed 2 | seed 3 | median | asked | reached | PyTorch 1.13, one core |", text, StringComparison.Ordinal);
        Assert.Contains("| accuracy | 0.7 | 0.95 | 0.81 | 0.81 | at least 0.8 | yes | 0.9 |", text, StringComparison.Ordinal);
        Assert.Contains("| loss | 1.4 | 1.9 | 1.62 | 1.62 | - | - | - |", text, StringComparison.Ordinal);
        Assert.EndsWith("| - | - | 125 s |\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.7, "no")]
    [InlineData(double.NaN, "no")]
    [InlineData(0.8, "yes")]
    public void Report_Verdict_IsThatOfTheMedian(double middle, string verdict)
    {
        Assert.Contains(
            $"| at least 0.8 | {verdict} |", SampleReport.Write(s_information, Runs(middle), counts: true), StringComparison.Ordinal);
    }

    [Fact]
    public void Report_OfAStandIn_ShowsNothingToCompareWith()
    {
        string text = SampleReport.Write(s_information, Runs(0.9), counts: false);
        Assert.Contains("| accuracy | 0.9 | 0.9 | - | - | - |", text, StringComparison.Ordinal);
        Assert.Contains("say nothing", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Median_OfAnEvenNumber_IsTheMeanOfTheMiddleTwo() => Assert.Equal(2.5, SampleReport.Median([4.0, 1.0, 2.0, 3.0]));

    [Fact]
    public void Data_Quick_IsTheStandIn()
    {
        SampleData data = SampleData.Find(s_information, isQuick: true);
        Assert.False(data.IsReal || data.Counts);
        Assert.Equal("a stand-in, three flowers (--quick reads no files)", data.Description);
        Assert.Contains("Ask HasData first", Assert.Throws<InvalidOperationException>(() => data.PathOf("nowhere/flowers.csv")).Message, StringComparison.Ordinal);
        Assert.True(SampleData.Find(s_information with { DataFiles = [] }, isQuick: false).Counts);
    }

    [Fact]
    public void Data_FolderWithoutTheFile_IsRefused()
    {
        string folder = Directory.CreateTempSubdirectory("gpurnn-sample-").FullName;
        try
        {
            string message = Assert.Throws<ArgumentException>(() => SampleData.FindIn(folder, s_information)).Message;
            Assert.Contains($"{folder}, which has no file nowhere/flowers.csv", message, StringComparison.Ordinal);
            Directory.CreateDirectory(Path.Combine(folder, "nowhere"));
            File.WriteAllText(Path.Combine(folder, "nowhere", "flowers.csv"), string.Empty);
            Assert.Equal(
                Path.Combine(folder, "nowhere/flowers.csv"), SampleData.FindIn(folder, s_information).PathOf("nowhere/flowers.csv"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Run_FigureMissingOrUnknown_IsReported()
    {
        using Device device = DeviceCatalog.Open("cpu", 1);
        SampleRun run = NewRun(device, 1);
        Assert.Contains("'accuracy' was not measured", Assert.Throws<InvalidOperationException>(() => run.Value(s_information.Figures[0])).Message, StringComparison.Ordinal);
        run.Record("speed", 1.0);
        Assert.Contains("'speed' was measured", Assert.Throws<InvalidOperationException>(() => run.RequireListed(s_information.Figures)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Streams_DifferBetweenPurposesAndSeeds()
    {
        using Device device = DeviceCatalog.Open("cpu", 1);
        ulong[] streams = [.. from seed in (ulong[])[1, 2, 3] from purpose in (int[])[1, 2, 3] select NewRun(device, seed).Stream(purpose)];
        Assert.Equal(streams.Length, streams.Distinct().Count());
    }

    [Fact]
    public void Run_Stopped_ThrowsAndEndsWith130()
    {
        int code = Sample.Run(
            ["--quick", "--device", "cpu", "--threads", "1"], s_information, _ => throw new OperationCanceledException());
        Assert.Equal(130, code);
        Assert.Equal(2, Sample.Run(["--nonsense"], s_information, _ => { }));
    }

    private static SampleRun[] Runs(params double[] accuracies)
    {
        using Device device = DeviceCatalog.Open("cpu", 1);
        return [.. accuracies.Select((accuracy, i) =>
        {
            SampleRun run = NewRun(device, (ulong)i + 1);
            run.Record("accuracy", accuracy);
            run.Record("loss", 2.0 * accuracy);
            return run;
        })];
    }

    private static SampleRun NewRun(Device device, ulong seed)
    {
        SampleOptions options = SampleOptions.Parse(["--quick"], s_information);
        StringWriter log = new(CultureInfo.InvariantCulture);
        return new SampleRun(device, seed, options, SampleData.Find(s_information, isQuick: true), log, CancellationToken.None);
    }
}
