namespace GpuRnn.Cli.Tests.Commands;

public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _out;

    public BadInputTests()
    {
        // A finished run's files must survive every refused one.
        _out = _folder.File("run");
        Directory.CreateDirectory(_out);
        File.WriteAllText(Path.Combine(_out, "config.json"), "kept");
        File.WriteAllText(Path.Combine(_out, "model.safetensors"), "kept");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Data_MissingFile_IsRefused()
    {
        await AssertRefused($"{_folder.File("no.csv")}: there is no such file", "--data", _folder.File("no.csv"));
    }

    [Fact]
    public async Task Data_EmptyFile_IsRefused()
    {
        string path = _folder.Write("empty.csv", string.Empty);

        await AssertRefused($"{path}: the file is empty", "--data", path);
    }

    [Fact]
    public async Task Data_MissingColumn_IsRefused()
    {
        string path = _folder.Write("a.csv", Rows(100));

        await AssertRefused($"{path}: column 'w' was asked for, but the file has 't', 'v'", "--data", path, "--column", "w");
    }

    [Fact]
    public async Task Data_MissingTimeColumn_IsRefused()
    {
        string path = _folder.Write("a.csv", Rows(100));

        await AssertRefused($"{path}: column 'when' was asked for", "--data", path, "--time-column", "when");
    }

    [Theory]
    [InlineData("twelve", "column 'v' has 'twelve', but a number is needed")]
    [InlineData("NaN", "column 'v' has NaN, but a finite number is needed")]
    [InlineData("-Infinity", "column 'v' has -Infinity, but a finite number is needed")]
    [InlineData("", "column 'v' has nothing, but a number is needed")]
    public async Task Data_NoNumberInAColumn_NamesTheLine(string field, string expected)
    {
        string path = _folder.Write("a.csv", Rows(60) + $"60,{field}\n" + Rows(60)[4..]);

        await AssertRefused($"{path}, line 62: {expected}", "--data", path);
    }

    [Fact]
    public async Task Data_OneRow_IsRefused()
    {
        string path = _folder.Write("a.csv", "t,v\n1,2\n");

        await AssertRefused($"{path}: the series has 1 value", "--data", path);
    }

    [Theory]
    [InlineData("gru", "--forget-bias", "1", "--forget-bias: '1' arrived for gru, but only lstm, peephole, coupled, depth-gated have this option. Leave it out, or choose another cell")]
    [InlineData("lstm", "--leak-rate", "0.5", "--leak-rate: '0.5' arrived for lstm, but only leaky, echo-state have this option")]
    [InlineData("leaky", "--leak-rate", "1.5", "--leak-rate: '1.5' arrived, but a number above 0 and at most 1 is needed")]
    [InlineData("lstm", "--activation", "relu", "--activation: 'relu' arrived for lstm, but only elman, indrnn have")]
    [InlineData("elman", "--activation", "tan", "--activation: 'tan' arrived, but one of tanh, relu, sigmoid, leaky-relu, identity is needed")]
    [InlineData("clockwork", "--periods", "1,4,2", "--periods: '1,4,2' arrived, but a list of ascending whole numbers, such as 1,2,4,8, is needed")]
    [InlineData("lstm", "--gate-alpha", "0.5", "--gate-alpha: '0.5' arrived, but sigmoid has no alpha. Leave it out, or give --gate-activation a function that has one")]
    [InlineData("indrnn", "--recurrent-dropout", "0.2", "--recurrent-dropout: 0.2 arrived for indrnn, but a product with the past is needed")]
    [InlineData("indrnn", "--layer-norm", "true", "--layer-norm: it arrived for indrnn, but a product with the past is needed")]
    [InlineData("echo-state", "--zoneout", "0.1", "--zoneout: 0.1 arrived for echo-state, but it is one reservoir")]
    [InlineData("lstm", "--zoneout", "1", "--zoneout: '1' arrived, but a number of at least 0 and below 1 is needed")]
    [InlineData("lstm", "--zoneout-hidden", "1", "--zoneout-hidden: '1' arrived, but a number of at least 0 and below 1 is needed")]
    [InlineData("clockwork", "--zoneout-hidden", "0.1", "--zoneout-hidden: 0.1 arrived for clockwork, but its units must take a new state at every step")]
    [InlineData("depth-gated", "--layers", "1", "--layers: 1 arrived, but depth-gated reads the layer below and needs at least 2 layers. Pass --layers 2, or choose another cell")]
    public async Task CellOption_ThatDoesNotFitTheCell_IsRefused(string cell, string option, string value, string expected)
    {
        await AssertRefused(expected, "--cell", cell, option, value);
    }

    [Fact]
    public async Task Horizon_LongerThanTheSeries_IsRefused()
    {
        await AssertRefused("--horizon: 3000 steps were asked for, but 'monthly-sunspots.csv' has 2820 values", "--horizon", "3000");
    }

    [Fact]
    public async Task Hidden_Zero_IsRefused()
    {
        await AssertRefused("--hidden: '0' arrived, but a whole number of at least 1 is needed", "--hidden", "0");
    }

    [Theory]
    [InlineData("--epochs", "many")]
    [InlineData("--window", "-3")]
    [InlineData("--window", "99999999999")]
    [InlineData("--learning-rate", "NaN")]
    [InlineData("--learning-rate", "0")]
    [InlineData("--clip-norm", "-1")]
    [InlineData("--cell", "lstn")]
    [InlineData("--optimizer", "adma")]
    [InlineData("--seed", "-1")]
    public async Task Option_BadValue_IsRefused(string option, string value)
    {
        await AssertRefused($"{option}: '{value}' arrived, but ", option, value);
    }

    [Fact]
    public async Task Option_Misspelt_IsRefusedWithASuggestion()
    {
        await AssertRefused(
            "gpurnn forecast: '--hiden' arrived, but is no command or option here. Did you mean '--hidden'?", "--hiden", "3");
    }

    [Fact]
    public async Task Config_MisspeltKey_IsRefused()
    {
        string path = _folder.Write("c.json", """{ "widow": 12 }""");

        await AssertRefused($"{path}: the key \"widow\" arrived, but is not a setting. Did you mean 'window'?", "--config", path);
    }

    [Fact]
    public async Task Config_Missing_IsRefused()
    {
        await AssertRefused($"{_folder.File("c.json")}: there is no such file", "--config", _folder.File("c.json"));
    }

    [Fact]
    public async Task Config_HiddenZero_IsRefused()
    {
        string path = _folder.Write("c.json", """{ "hidden": 0 }""");

        await AssertRefused($"{path}: \"hidden\" is 0, but a whole number of at least 1 is needed", "--config", path);
    }

    [Fact]
    public async Task Device_NotThere_IsRefused()
    {
        CommandResult result = await Run("--device", "cuda:7");

        result.AssertRefused(string.Empty);
        Assert.Contains("cuda:7", result.Error, StringComparison.Ordinal);
        Assert.Contains("cpu", result.Error, StringComparison.Ordinal);
        AssertKept();
    }

    [Fact]
    public async Task Model_CutInHalf_IsRefused()
    {
        string other = _folder.File("other");
        CommandResult trained = await CommandTester.RunAsync([.. Small(), "--out", other]);
        Assert.Equal((0, string.Empty), (trained.ExitCode, trained.Error));
        byte[] bytes = await File.ReadAllBytesAsync(Path.Combine(other, "model.safetensors"));
        string half = _folder.File("half.safetensors");
        await File.WriteAllBytesAsync(half, bytes[..(bytes.Length / 2)]);

        CommandResult result = await CommandTester.RunAsync([.. Small(), "--out", _out, "--model", half]);

        result.AssertRefused(string.Empty);
        Assert.Contains(half, result.Error, StringComparison.Ordinal);
        AssertKept();
    }

    [Fact]
    public async Task Model_OfAnotherSize_IsRefused()
    {
        string other = _folder.File("other");
        await CommandTester.RunAsync([.. Small(), "--out", other]);

        CommandResult result = await CommandTester.RunAsync(
            [.. Small(), "--out", _out, "--model", Path.Combine(other, "model.safetensors"), "--hidden", "5"]);

        result.AssertRefused(string.Empty);
        AssertKept();
    }

    [Fact]
    public async Task Model_Missing_IsRefused()
    {
        await AssertRefused($"{_folder.File("m.safetensors")}: there is no such file", "--model", _folder.File("m.safetensors"));
    }

    [Fact]
    public async Task Resume_WithoutACheckpoint_IsRefused()
    {
        await AssertRefused($"{Path.Combine(_out, "checkpoint.safetensors")}: there is no checkpoint", "--resume");
    }

    [Fact]
    public async Task Resume_CheckpointCutInHalf_IsRefused()
    {
        string path = await Interrupt();
        byte[] bytes = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, bytes[..(bytes.Length / 2)]);

        CommandResult result = await Run("--resume");

        result.AssertRefused(string.Empty);
        Assert.Contains(path, result.Error, StringComparison.Ordinal);
        AssertKept();
    }

    [Fact]
    public async Task Resume_WithAnotherWindow_IsRefused()
    {
        await Interrupt();

        await AssertRefused("--window: 7 arrived with --resume, but the interrupted run has 6", "--resume", "--window", "7");
    }

    [Fact]
    public async Task Out_IsAFile_IsRefused()
    {
        string path = _folder.Write("file", "kept");

        CommandResult result = await CommandTester.RunAsync([.. Small(), "--out", path]);

        result.AssertRefused($"--out: '{path}' is a file, but a folder is needed");
        Assert.Equal("kept", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task Training_Diverging_IsRefused()
    {
        CommandResult result = await CommandTester.RunAsync(
            [.. Small(), "--out", _out, "--learning-rate", "1e38", "--clip-norm", "0", "--optimizer", "sgd", "--quiet"]);

        result.AssertRefused("Trainer.Fit: at batch ");
        AssertKept();
    }

    private static string Rows(int count)
    {
        return "t,v\n" + string.Concat(Enumerable.Range(0, count).Select(row => $"{row},{10 + (row % 7)}\n"));
    }

    private string[] Small()
    {
        return
        [
            "forecast", "--data", _folder.Write("small.csv", Rows(120)), "--window", "6", "--hidden", "4", "--epochs", "2", "--horizon", "2",
        ];
    }

    private async Task<string> Interrupt()
    {
        using CancellationTokenSource source = new();
        using InterruptingWriter output = new("epoch 1/2", source);
        using StringWriter error = new();
        int exitCode = await CommandLine.RunAsync(
            [.. Small(), "--out", _out], new CommandHost(output, error, false, CommandTester.Width), source.Token);
        Assert.Equal((130, string.Empty), (exitCode, error.ToString()));
        return Path.Combine(_out, "checkpoint.safetensors");
    }

    private Task<CommandResult> Run(params string[] more) => CommandTester.RunAsync(["forecast", "--out", _out, .. more]);

    private async Task AssertRefused(string start, params string[] more)
    {
        CommandResult result = await Run(more);

        result.AssertRefused(start);
        AssertKept();
    }

    private void AssertKept()
    {
        Assert.Equal("kept", File.ReadAllText(Path.Combine(_out, "config.json")));
        Assert.Equal("kept", File.ReadAllText(Path.Combine(_out, "model.safetensors")));
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(_out), path => Path.GetFileName(path).StartsWith(".partial", StringComparison.Ordinal));
    }
}
