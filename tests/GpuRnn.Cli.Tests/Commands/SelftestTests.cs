using GpuRnn.Accuracy;
using GpuRnn.Cli.Commands;
using GpuRnn.Conformance;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Testing;

namespace GpuRnn.Cli.Tests.Commands;

public sealed class SelftestTests
{
    [Fact]
    public async Task Selftest_OneKernel_PrintsItsRowAndPasses()
    {
        CommandResult result = await CommandTester.RunAsync("selftest", "--device", "cpu", "--only", "Multiply.Backward");

        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
        Assert.Matches(@"^\d+ cases on cpu", result.Output);
        Assert.Matches(@"\nMultiply\.Backward +12 n=\d+ +\d\.\d\dE-\d +\d\.\d\dE-\d +\d+\n", result.Output.ReplaceLineEndings("\n"));
        Assert.Contains("All 12 cases passed.", result.Output, StringComparison.Ordinal);
    }

    [OpenClFact]
    public async Task Selftest_OneKernelOnOpenCl_Passes()
    {
        CommandResult result = await CommandTester.RunAsync("selftest", "--device", OpenClTestDevice.Information.Id, "--only", "SoftmaxCrossEntropy.Forward");

        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
    }

    [Fact]
    public async Task Selftest_NameOfNothing_IsRefused()
    {
        CommandResult result = await CommandTester.RunAsync("selftest", "--only", "no such kernel");

        result.AssertRefused("--only: 'no such kernel' arrived, but nothing has that in its name. Leave it out to see the names");
    }

    [Fact]
    public void Selftest_BrokenCases_AreNamedAndTheRestStillRuns()
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 1 });
        using StringWriter output = new();
        using StringWriter error = new();
        ConformanceCase[] cases =
        [
            new FixedCase("Broken.Forward", recorder => recorder.Compare("result", [1.0, 2.0, 3.0], [1f, 2.5f, 3f], Tolerances.Single(1))),
            new FixedCase("Refused.Forward", _ => throw new DeviceException("cpu.Load: refused.")),
            new FixedCase("Right.Forward", recorder => recorder.Compare("result", [1.0], [1f], Tolerances.Exact)),
        ];

        int exitCode = SelftestCommand.Run(new CommandHost(output, error, false, CommandTester.Width), device, cases, CancellationToken.None);

        Assert.Equal(1, exitCode);
        string[] lines = error.ToString().ReplaceLineEndings("\n").TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("gpurnn selftest: Broken.Forward, n=3: result: 1 of 3 elements are out of tolerance", lines[0]);
        Assert.Contains("index 1, expected 2, got 2.5, error 0.5", lines[0], StringComparison.Ordinal);
        Assert.Equal("gpurnn selftest: Refused.Forward, n=3: cpu.Load: refused.", lines[1]);
        Assert.Matches(@"Broken\.Forward .* 1 FAILED", output.ToString());
        Assert.Matches(@"Right\.Forward +1 n=3", output.ToString());
        Assert.Contains("2 of 3 cases failed.", output.ToString(), StringComparison.Ordinal);
    }

    private sealed class FixedCase(string subject, Action<ConformanceRecorder> record) : ConformanceCase(subject, "n=3")
    {
        protected override void Run(Device device, ConformanceRecorder recorder) => record(recorder);
    }
}
