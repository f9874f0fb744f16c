using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using GpuRnn.Cli.Forecasting;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Cli.Tests.Commands;

public sealed class ForecastCommandTests : IDisposable
{
    private static readonly string[] s_files =
        ["config.json", "forecast.csv", "metrics.csv", "model.safetensors", "report.html", "training.csv"];

    private readonly TemporaryFolder _folder = new();

    private string Out => _folder.File("run");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Forecast_SmallSeries_WritesTheRunFolder()
    {
        CommandResult result = await Run();

        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
        Assert.Equal(s_files, Directory.EnumerateFileSystemEntries(Out).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains("wins with the lowest RMSE", result.Output, StringComparison.Ordinal);
        Assert.Matches(@"epoch 3/3  step \d+/\d+  loss [\d.]+  val [\d.]+  lr 0\.01  grad [\d.]+  \d+ seq/s  \d+:\d\d  ETA ", result.Output);
        Assert.Matches(@"Device +cpu", result.Output);
        Assert.Contains("time loop of layer 0: ", result.Output, StringComparison.Ordinal);
        Assert.Contains(". truth   + forecast   # both", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forecast_Report_HasBothPlotsAndNoScript()
    {
        await Run();

        string html = await File.ReadAllTextAsync(Path.Combine(Out, "report.html"));
        string[] charts = [.. Regex.Matches(html, @"<svg viewBox=""0 0 860.*?</svg>", RegexOptions.Singleline).Select(match => match.Value)];
        string[] titles = [.. charts.Select(chart => XDocument.Parse(chart).Root!.Elements().First().Value)];
        Assert.Contains("One-step forecasts of the held-out values by the network, and the true values", titles);
        Assert.Contains("Loss on training and validation data after each epoch", titles);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(@"(src|href)\s*=", html);
        Assert.DoesNotContain("url(", html, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Forecast_ForecastFile_HoldsTruthAndFuture()
    {
        await Run();

        string[] lines = await File.ReadAllLinesAsync(Path.Combine(Out, "forecast.csv"));
        Assert.Equal("time,part,truth,lstm,persistence,seasonal_naive,autoregression", lines[0]);
        Assert.Equal(1 + 24 + 4, lines.Length);
        string[] first = lines[1].Split(',');
        Assert.Equal(("96", "held_out"), (first[0], first[1]));
        Assert.Equal(Value(96), double.Parse(first[2]), 6);
        Assert.Equal(Value(95), double.Parse(first[4]), 6);
        Assert.StartsWith("120,future,,", lines[25], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forecast_ItsOwnConfiguration_ReproducesTheRun()
    {
        await Run();
        string again = _folder.File("again");

        CommandResult result = await CommandTester.RunAsync(
            "forecast", "--config", Path.Combine(Out, "config.json"), "--out", again, "--quiet");

        Assert.Equal(0, result.ExitCode);
        foreach (string file in s_files.Except(["config.json", "report.html"]))
        {
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Out, file)), await File.ReadAllBytesAsync(Path.Combine(again, file)));
        }
    }

    [Fact]
    public async Task Forecast_AnotherSeed_GivesAnotherModel()
    {
        await Run();
        byte[] first = await File.ReadAllBytesAsync(Path.Combine(Out, "model.safetensors"));

        await Run("--seed", "2");

        Assert.NotEqual(first, await File.ReadAllBytesAsync(Path.Combine(Out, "model.safetensors")));
    }

    [Fact]
    public async Task Forecast_EveryCell_TrainsAndGivesTheSameForecastsFromItsSavedModel()
    {
        foreach (CellDescription description in Cells.Descriptions)
        {
            string[] cell = ["--cell", description.Name, "--layers", $"{description.LeastLayers}"];
            CommandResult trained = await Run(cell);
            Assert.Equal((0, string.Empty), (trained.ExitCode, trained.Error));
            string again = _folder.File("again");

            CommandResult loaded = await CommandTester.RunAsync(
                [.. Arguments(), .. cell, "--model", Path.Combine(Out, "model.safetensors"), "--out", again]);

            Assert.Equal((0, string.Empty), (loaded.ExitCode, loaded.Error));
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Out, "forecast.csv")), await File.ReadAllTextAsync(Path.Combine(again, "forecast.csv")));
        }
    }

    [Fact]
    public async Task Forecast_NoEpochs_ForecastsWithTheWeightsAsDrawn()
    {
        string[] arguments = [.. Arguments(), "--out", Out];
        arguments[Array.IndexOf(arguments, "--epochs") + 1] = "0";
        CommandResult result = await CommandTester.RunAsync(arguments);
        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
        Assert.Contains("No epoch was asked for; the weights are those that were drawn.", result.Output, StringComparison.Ordinal);
        Assert.Single(await File.ReadAllLinesAsync(Path.Combine(Out, "training.csv")));
    }

    [Fact]
    public async Task Forecast_EchoState_FitsOnceSaysSoAndComesBackFromItsFile()
    {
        string[] arguments =
        [
            .. Arguments()[..5], "--cell", "echo-state", "--reservoir-size", "30", "--washout", "20", "--spectral-radius", "0.8", "--sparsity", "0.9", "--epochs", "7",
            "--horizon", "4", "--out",
        ];
        CommandResult fitted = await CommandTester.RunAsync([.. arguments, Out]);
        Assert.Equal((0, string.Empty), (fitted.ExitCode, fitted.Error));
        Assert.Contains("readout: 32 weights by ridge regression in float64, one fit, so --epochs 7 asks for no more", fitted.Output, StringComparison.Ordinal);
        Assert.Contains("ECHO-STATE (30)", fitted.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await File.ReadAllLinesAsync(Path.Combine(Out, "training.csv"))).Length);

        string model = Path.Combine(Out, "model.safetensors");
        CommandResult loaded = await CommandTester.RunAsync([.. arguments, _folder.File("again"), "--model", model]);
        Assert.Equal((0, string.Empty), (loaded.ExitCode, loaded.Error));
        Assert.Equal(
            await File.ReadAllTextAsync(Path.Combine(Out, "forecast.csv")), await File.ReadAllTextAsync(Path.Combine(_folder.File("again"), "forecast.csv")));
        CommandResult other = await CommandTester.RunAsync([.. arguments, _folder.File("again"), "--model", model, "--seed", "2"]);
        Assert.Equal(2, other.ExitCode);
        Assert.Contains("saved with other options than this run has", other.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--layers", "2", "--layers: 2 arrived for echo-state, but it is one reservoir")]
    [InlineData("--optimizer", "sgd", "--optimizer: sgd arrived for echo-state")]
    [InlineData("--washout", "90", "need at least 98 training values, but")]
    [InlineData("--forget-bias", "1", "'1' arrived for echo-state, but only lstm")]
    public async Task Forecast_EchoStateWithWhatItHasNot_IsRefused(string option, string value, string message)
    {
        CommandResult result = await CommandTester.RunAsync(
            [.. Arguments()[..5], "--cell", "echo-state", "--horizon", "4", "--out", Out, option, value]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forecast_BothDirections_TrainAndTheirModelIsRefusedByAnotherCell()
    {
        CommandResult trained = await Run("--cell", "elman", "--activation", "relu", "--bidirectional");
        Assert.Equal((0, string.Empty), (trained.ExitCode, trained.Error));
        Assert.Contains("ELMAN (1 x 4, both directions)", trained.Output, StringComparison.Ordinal);
        string model = Path.Combine(Out, "model.safetensors");

        CommandResult loaded = await CommandTester.RunAsync(
            [.. Arguments(), "--cell", "elman", "--bidirectional", "--model", model, "--out", _folder.File("again")]);

        Assert.Equal(2, loaded.ExitCode);
        Assert.Contains(
            $"{model} was saved from \"elman-relu\" (activation relu), but module 0 of this model is \"elman\"", loaded.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lstm", "--layer-norm", "--zoneout", "0.1", "--zoneout-hidden", "0.05")]
    [InlineData("gru", "--batch-norm", "--recurrent-dropout", "0.2")]
    public async Task Forecast_OptionsOfTheLayer_TrainAndTheirModelGivesTheSameForecasts(params string[] options)
    {
        string[] cell = ["--cell", .. options];
        CommandResult trained = await Run(cell);
        Assert.Equal((0, string.Empty), (trained.ExitCode, trained.Error));
        string model = Path.Combine(Out, "model.safetensors");
        string again = _folder.File("again");

        CommandResult loaded = await CommandTester.RunAsync([.. Arguments(), .. cell, "--model", model, "--out", again]);
        CommandResult plain = await CommandTester.RunAsync([.. Arguments(), "--cell", options[0], "--model", model, "--out", _folder.File("plain")]);

        Assert.Equal((0, string.Empty), (loaded.ExitCode, loaded.Error));
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Out, "forecast.csv")), await File.ReadAllTextAsync(Path.Combine(again, "forecast.csv")));
        Assert.Equal(2, plain.ExitCode);
        Assert.Contains($"was saved from \"{options[0]}-{options[1][2..]}", plain.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forecast_SavedModel_GivesTheSameForecasts()
    {
        await Run();
        string again = _folder.File("again");

        CommandResult result = await CommandTester.RunAsync(
            "forecast", "--config", Path.Combine(Out, "config.json"), "--model", Path.Combine(Out, "model.safetensors"), "--out", again);

        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
        Assert.Equal(
            await File.ReadAllBytesAsync(Path.Combine(Out, "forecast.csv")), await File.ReadAllBytesAsync(Path.Combine(again, "forecast.csv")));
    }

    [Fact]
    public async Task Forecast_Json_IsOneObjectALine()
    {
        CommandResult result = await Run("--json");

        JsonElement[] events = [.. result.Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(
            ["start", "epoch", "epoch", "epoch", "result"], events.Select(item => item.GetProperty("event").GetString()));
        Assert.Equal(JsonValueKind.Number, events[2].GetProperty("validationLoss").ValueKind);
        JsonElement forecasters = events[^1].GetProperty("forecasters");
        Assert.True(forecasters.GetProperty("lstm").GetProperty("rmse").GetDouble() > 0);
        Assert.Equal(4, forecasters.GetProperty("autoregression").GetProperty("future").GetArrayLength());
    }

    [Fact]
    public async Task Forecast_QuietJson_IsTheResultAlone()
    {
        CommandResult result = await Run("--json", "--quiet");

        JsonElement only = JsonDocument.Parse(Assert.Single(result.Output.TrimEnd().Split('\n'))).RootElement;
        Assert.Equal("result", only.GetProperty("event").GetString());
    }

    [Theory]
    [InlineData("elman")]
    [InlineData("gru")]
    public async Task Forecast_OtherCells_Train(string cell)
    {
        CommandResult result = await Run("--cell", cell, "--layers", "2");

        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
    }

    [Fact]
    public async Task Forecast_InterruptedAndResumed_GivesTheBitsOfAnUnbrokenRun()
    {
        await Run();
        string broken = _folder.File("broken");
        using CancellationTokenSource source = new();
        using InterruptingWriter output = new("epoch 2/3", source);
        using StringWriter error = new();
        string[] arguments = [.. Arguments(), "--out", broken];

        int interrupted = await CommandLine.RunAsync(arguments, new CommandHost(output, error, false, CommandTester.Width), source.Token);
        string[] left = [.. Directory.EnumerateFileSystemEntries(broken).Select(path => Path.GetFileName(path)!)];
        CommandResult resumed = await CommandTester.RunAsync("forecast", "--out", broken, "--resume");

        Assert.Equal((130, string.Empty), (interrupted, error.ToString()));
        Assert.Contains(Path.Combine(broken, "checkpoint.safetensors"), output.ToString(), StringComparison.Ordinal);
        Assert.Equal(["checkpoint.safetensors"], left);
        Assert.Equal((0, string.Empty), (resumed.ExitCode, resumed.Error));
        Assert.Contains("epoch 3/3", resumed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("epoch 1/3", resumed.Output, StringComparison.Ordinal);
        foreach (string file in new[] { "model.safetensors", "forecast.csv", "metrics.csv", "training.csv" })
        {
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Out, file)), await File.ReadAllBytesAsync(Path.Combine(broken, file)));
        }

        Assert.False(File.Exists(Path.Combine(broken, "checkpoint.safetensors")));
    }

    [Fact]
    public async Task Help_Forecast_ShowsADefaultForEveryOption()
    {
        CommandResult result = await CommandTester.RunAsync("forecast", "--help");

        string options = Regex.Replace(result.Output[result.Output.IndexOf("Options:", StringComparison.Ordinal)..], @"\s+", " ");
        string[] entries = [.. Regex.Split(options, @"(?= --(?!help)[a-z-]+ (?:<|[A-Z]))").Skip(1)];
        Assert.Equal(32 + ForecastCells.All.SelectMany(cell => cell.Options).Distinct().Count(), entries.Length);
        Assert.All(entries, entry => Assert.Contains("[default: ", entry, StringComparison.Ordinal));
    }

    private static double Value(int row) => Math.Round(10 + (5 * Math.Sin(row * Math.PI / 6)) + (row % 5 * 0.3), 6);

    private Task<CommandResult> Run(params string[] more)
    {
        return CommandTester.RunAsync([.. Arguments(), "--out", Out, .. more]);
    }

    private string[] Arguments()
    {
        string data = _folder.Write("data.csv", "t,v\n" + string.Concat(Enumerable.Range(0, 120).Select(row => $"{row},{Value(row)}\n")));
        return
        [
            "forecast", "--data", data, "--window", "6", "--hidden", "4", "--epochs", "3", "--batch-size", "16", "--horizon", "4",
            "--learning-rate", "0.01",
        ];
    }
}
