using System.Text.Json;
using GpuRnn.Cli.Benchmarking;
using GpuRnn.Devices.Cpu;
using GpuRnn.Scheduling;
using GpuRnn.Testing;

namespace GpuRnn.Cli.Tests.Commands;

public sealed class BenchAndPlanTests : IDisposable
{
    private static readonly string[] s_keys =
    [
        "device", "cell", "input", "hidden", "batch", "time", "mode", "precision", "threads", "milliseconds", "millisecondsMin",
        "millisecondsMax", "microsecondsPerStep", "gflops", "peakShare", "schedule", "commit",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("lstm", "inference", 4, 4)]
    [InlineData("lstm", "training", 4, 1)]
    [InlineData("gru", "training", 3, 4)]
    [InlineData("elman", "training", 1, 2)]
    public async Task Bench_SmallLayer_WritesTheResult(string cell, string mode, int gateCount, int batch)
    {
        string path = _folder.File("bench.json");

        CommandResult result = await CommandTester.RunAsync(
            "bench", "--device", "cpu", "--cell", cell, "--input", "3", "--hidden", "5", "--batch", $"{batch}", "--time", "6", "--mode", mode,
            "--threads", "1", "--json", path);

        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
        Assert.Contains("agrees with the double-precision reference", result.Output, StringComparison.Ordinal);
        JsonElement json = JsonDocument.Parse(await File.ReadAllTextAsync(path)).RootElement;
        Assert.Equal(s_keys, json.EnumerateObject().Select(property => property.Name));
        Assert.Equal((cell, mode, 1), (Text("cell"), Text("mode"), (int)Number("threads")));
        double operations = 2.0 * 6 * batch * gateCount * 5 * (3 + 5) * (mode == "training" ? 3 : 1);
        Assert.Equal(operations / Number("milliseconds") / 1e6, Number("gflops"), 9);
        Assert.Equal(Number("milliseconds") * 1000 / 6, Number("microsecondsPerStep"), 9);
        Assert.InRange(Number("milliseconds"), Number("millisecondsMin"), Number("millisecondsMax"));
        Assert.InRange(Number("peakShare"), double.Epsilon, 1.0);
        Assert.Matches("^([0-9a-f]{40}|unknown)$", Text("commit"));

        string Text(string key) => json.GetProperty(key).GetString()!;
        double Number(string key) => json.GetProperty(key).GetDouble();
    }

    [Theory]
    [InlineData("--device", "opencl:3")]
    [InlineData("--hidden", "0")]
    [InlineData("--mode", "both")]
    [InlineData("--precision", "fp8")]
    [InlineData("--json", "/no/such/folder/x.json")]
    public async Task Bench_BadValue_IsRefused(string option, string value)
    {
        CommandResult result = await CommandTester.RunAsync("bench", option, value);

        result.AssertRefused(string.Empty);
        Assert.Contains(value, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bench", "tf32", "TensorFloat32", "the processor's vectors multiply in single precision")]
    [InlineData("bench", "bf16", "BFloat16", "the processor rounds weights for at most 4 rows")]
    [InlineData("plan", "bf16", "BFloat16", "the processor rounds weights for at most 4 rows")]
    public async Task Any_PrecisionThatTheDeviceHasNot_IsRefusedWithEveryReason(string command, string word, string name, string reason)
    {
        CommandResult result = await CommandTester.RunAsync(
            command, "--device", "cpu", "--precision", word, "--hidden", "8", "--input", "8", "--time", "2", "--batch", "5", "--mode", "inference");

        result.AssertRefused(string.Empty);
        Assert.Contains($"persistent: no: {name} was asked for, and {reason}", result.Error, StringComparison.Ordinal);
        Assert.Contains("multiplies in single precision alone", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("forecast", "--hidden", "30000")]
    [InlineData("forecast", "--hidden", "2000000000")]
    [InlineData("bench", "--time", "2000000000")]
    [InlineData("bench", "--hidden", "2000000000")]
    [InlineData("plan", "--batch", "2000000000")]
    [InlineData("plan", "--hidden", "2000000000")]
    public async Task Any_SizeBeyondAllMemory_IsRefused(string command, string option, string value)
    {
        CommandResult result = await CommandTester.RunAsync(command, option, value);

        result.AssertRefused(string.Empty);
        Assert.DoesNotContain("(Parameter", result.Error, StringComparison.Ordinal);
    }

    [OpenClFact]
    public async Task Bench_ThreadsOfADeviceThatHasNone_IsRefused()
    {
        string id = OpenClTestDevice.Information.Id;

        CommandResult result = await CommandTester.RunAsync("bench", "--device", id, "--threads", "2");

        result.AssertRefused($"--threads: '2' arrived, but only the device cpu takes a number of threads, not {id}. Leave it out.");
    }

    [Fact]
    public void Bench_WrongResult_IsFoundBeforeTiming()
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 1 });
        device.Register(new CorruptingExecutor(new StepwiseSequenceExecutor(device)));
        BenchmarkRequest request = new("cpu", "lstm", 3, 5, 4, 6, false, "fp32", 1);
        using RecurrentBenchmark benchmark = new(device, request);

        Assert.Matches(@"^output\[\d+\] is .+, but the reference gives .+; off by .+, allowed ", benchmark.Check());
    }

    [Theory]
    [InlineData("inference")]
    [InlineData("training")]
    public async Task Plan_OfAnLstm_GivesScheduleAndReasons(string mode)
    {
        CommandResult result = await CommandTester.RunAsync(
            "plan", "--device", "cpu", "--cell", "lstm", "--input", "128", "--hidden", "256", "--batch", "32", "--time", "64", "--mode", mode);

        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
        Assert.Contains($"T=64 B=32 I=128 H=256, {mode} on cpu", result.Output, StringComparison.Ordinal);
        Assert.Contains("time loop of layer 0: ", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("h200", "512", "persistent: yes: blocks share the units and meet once a step; a block keeps 128 KiB of recurrent weights")]
    [InlineData("h200", "32", "persistent: yes: one block holds all units of its rows; a block keeps 16 KiB of recurrent weights")]
    [InlineData("A100", "1024", "persistent: no: each of 108 blocks would keep 160 KiB of recurrent weights beside its sums, and a group has 163 KiB")]
    [InlineData("rtx4090", "1024", "time loop of layer 0: graph")]
    [InlineData("t4", "512", "single-block: no: a block with all 512 units would keep 4096 KiB of recurrent weights beside its sums, and a group has 64 KiB")]
    public async Task Plan_ForAGpuThatIsNotHere_SaysWhatFitsIt(string profile, string hidden, string line)
    {
        CommandResult result = await CommandTester.RunAsync(
            "plan", "--profile", profile, "--cell", "lstm", "--input", "64", "--hidden", hidden, "--batch", "32", "--time", "25", "--mode", "training");

        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
        Assert.Contains(line, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_ForAnUnknownGpu_ListsThoseThatAreKnown()
    {
        CommandResult result = await CommandTester.RunAsync("plan", "--profile", "voodoo2");

        result.AssertRefused("GpuProfile.Parse: \"voodoo2\" arrived, but the profiles are h200, a100, rtx4090, t4. Choose one of them.");
    }

    [Fact]
    public async Task Plan_TwoLayersBothWays_ListsFourLoops()
    {
        CommandResult result = await CommandTester.RunAsync("plan", "--layers", "2", "--bidirectional", "--hidden", "8");

        Assert.Contains("time loop of layer 1, reverse: ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Difference_OneWrongElement_IsNamed()
    {
        double[] expected = [0.5, -0.25, 1.0];

        Assert.Null(ElementDifference.Find("output", expected, [0.5f, -0.25f, 1.0f], 10));
        Assert.StartsWith("output[1] is -0.2501, but the reference gives -0.25; off by ", ElementDifference.Find("output", expected, [0.5f, -0.2501f, 1.0f], 10));
        Assert.Null(ElementDifference.Find("output", expected, [0.5f, -0.2501f, 1.0f], 10, 1.0 / 2048));
        Assert.StartsWith("output[1] is -0.26", ElementDifference.Find("output", expected, [0.5f, -0.26f, 1.0f], 10, 1.0 / 2048));
        Assert.StartsWith("output[2] is NaN", ElementDifference.Find("output", expected, [0.5f, -0.25f, float.NaN], 10));
    }

    [Theory]
    [InlineData("0.1.0+abc", "abc")]
    [InlineData("0.1.0", "unknown")]
    [InlineData("0.1.0+", "unknown")]
    [InlineData(null, "unknown")]
    public void Commit_InformationalVersion_IsThePartAfterThePlus(string? version, string expected)
    {
        Assert.Equal(expected, BuildInformation.ReadCommit(version));
    }
}
