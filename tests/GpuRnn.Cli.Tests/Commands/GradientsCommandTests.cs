using System.Text.Json;
using System.Xml.Linq;

namespace GpuRnn.Cli.Tests.Commands;

public sealed class GradientsCommandTests : IDisposable
{
    private static readonly string[] s_small = ["--device", "cpu", "--time", "12", "--hidden", "4", "--batch-size", "8"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
    }

    [Fact]
    public async Task Gradients_TwoCells_AreDrawnTogetherAndWritten()
    {
        string first = Path.Combine(_folder.Path, "first");
        string second = Path.Combine(_folder.Path, "second");
        CommandResult one = await CommandTester.RunAsync(["gradients", "--cell", "elman", .. s_small, "--out", first]);
        Assert.Equal((0, string.Empty), (one.ExitCode, one.Error));
        CommandResult both = await CommandTester.RunAsync(
            ["gradients", "--cell", "gru", "--layers", "2", "--steps", "2", .. s_small, "--out", second, "--with", Path.Combine(first, "gradients.json")]);
        Assert.Equal((0, string.Empty), (both.ExitCode, both.Error));
        Assert.Contains("a elman: ", both.Output, StringComparison.Ordinal);
        Assert.Contains("c gru, layer 1: ", both.Output, StringComparison.Ordinal);

        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Path.Combine(second, "gradients.json")));
        JsonElement traces = json.RootElement.GetProperty("traces");
        Assert.Equal(2, traces.GetArrayLength());
        double[] norms = [.. traces[1].GetProperty("norms").EnumerateArray().Select(norm => norm.GetDouble())];
        Assert.Equal(12, norms.Length);
        Assert.All(norms, norm => Assert.True(double.IsFinite(norm) && norm > 0.0, $"{norm}"));

        XDocument picture = XDocument.Parse(File.ReadAllText(Path.Combine(second, "gradients.svg")));
        Assert.Equal(3, picture.Descendants().Count(element => element.Name.LocalName == "path"));
    }

    [Fact]
    public async Task Gradients_WithAFileThatIsNone_SayWhichAndWhatIsNeeded()
    {
        string path = Path.Combine(_folder.Path, "other.json");
        File.WriteAllText(path, "{}");
        CommandResult result = await CommandTester.RunAsync(["gradients", .. s_small, "--with", path]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("other.json", result.Error, StringComparison.Ordinal);
        Assert.Contains("a gradients.json is needed", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gradients_OutThatCannotBeAFolder_IsRefusedBeforeAnythingRuns()
    {
        string file = _folder.Write("file", "kept");
        CommandResult isFile = await CommandTester.RunAsync(["gradients", .. s_small, "--out", file]);
        CommandResult below = await CommandTester.RunAsync(["gradients", .. s_small, "--out", Path.Combine(file, "below")]);

        isFile.AssertRefused($"--out: '{file}' is a file, but a folder is needed");
        below.AssertRefused($"--out: '{Path.Combine(file, "below")}' cannot be written");
        Assert.Equal((string.Empty, string.Empty), (isFile.Output, below.Output));
    }
}
