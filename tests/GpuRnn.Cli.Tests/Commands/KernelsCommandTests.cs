using GpuRnn.Compiler.Frontend;

namespace GpuRnn.Cli.Tests.Commands;

public sealed class KernelsCommandTests
{
    [Fact]
    public async Task Kernels_ListsEveryKernelWithItsShape()
    {
        CommandResult result = await CommandTester.RunAsync("kernels");

        Assert.Equal(ExitCode.Success, result.ExitCode);
        string output = result.Output.ReplaceLineEndings("\n");
        Assert.Equal(3 * Kernels.KernelCatalog.All.Count, output.Split('\n').Length - 1);
        Assert.Contains(
            """
            MatMulTiled.Forward
                groups of the launch, 2 barriers, 2048 B of shared memory
                (float[] a, float[] b, float[] c, float[] bias, int m, int n, int k, 
            """.ReplaceLineEndings("\n"), output, StringComparison.Ordinal);
        Assert.Contains("Scale.Forward\n    a work-item for each Index1D, no barrier, no shared memory\n    (float[] ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ir", "kernel Scale.Forward(")]
    [InlineData("opencl", "__kernel void Scale_Forward(")]
    [InlineData("cpu", "// region 0: b0")]
    [InlineData("ptx", ".visible .entry Scale_Forward(")]
    public async Task Emit_OneKernel_PrintsItsText(string form, string part)
    {
        CommandResult result = await CommandTester.RunAsync("kernels", "--emit", form, "--kernel", "Scale.Forward");

        Assert.Equal((ExitCode.Success, ""), (result.ExitCode, result.Error));
        Assert.Contains(part, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Emit_ToAFolder_WritesOneFileAKernelAndNamesThoseLeftOut()
    {
        using TemporaryFolder folder = new();

        CommandResult result = await CommandTester.RunAsync("kernels", "--emit", "opencl", "--out", folder.File("texts"));

        int cooperative = Kernels.KernelCatalog.All.Count(method => KernelEntry.Read(method).IsCooperative);
        Assert.Equal(ExitCode.Success, result.ExitCode);
        string[] leftOut = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(cooperative, leftOut.Length);
        Assert.All(leftOut, line => Assert.Contains("left out, because its groups wait for each other", line, StringComparison.Ordinal));
        string[] files = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Kernels.KernelCatalog.All.Count - cooperative, files.Distinct().Count());
        Assert.All(files, file => Assert.Contains("__kernel void", File.ReadAllText(file), StringComparison.Ordinal));
        Assert.Contains(folder.File(Path.Combine("texts", "StepNodeForward.Forward_LstmNode.cl")), files);
    }

    [Fact]
    public async Task Emit_PtxOfAllKernels_WritesWhatTheArchitectureHas_AndSaysWhatItLacks()
    {
        using TemporaryFolder folder = new();

        CommandResult result = await CommandTester.RunAsync("kernels", "--emit", "ptx", "--arch", "sm_90", "--out", folder.File("texts"));

        string[] files = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] refused = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(ExitCode.Success, result.ExitCode);
        Assert.Equal(Kernels.KernelCatalog.All.Count, files.Distinct().Count() + refused.Length);
        Assert.All(files, file => Assert.Contains(".target sm_90\n", File.ReadAllText(file), StringComparison.Ordinal));
        Assert.All(refused, line => Assert.StartsWith("GK0029 ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Emit_OneKernelThatTheArchitectureLacks_IsAnError()
    {
        CommandResult result = await CommandTester.RunAsync("kernels", "--emit", "ptx", "--arch", "sm_75", "--kernel", "MatMulTensor.Forward<Tf32Factor>");

        Assert.Equal(ExitCode.BadInput, result.ExitCode);
        Assert.StartsWith("GK0027 ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownKernel_IsOneLineWithASuggestion()
    {
        CommandResult result = await CommandTester.RunAsync("kernels", "--emit", "ir", "--kernel", "Scale.Forwards");

        Assert.Equal(ExitCode.BadInput, result.ExitCode);
        Assert.Equal(
            "--kernel: 'Scale.Forwards' arrived, but no kernel has that name. Did you mean 'Scale.Forward'? Run 'gpurnn kernels' for the names.",
            result.Error.TrimEnd());
    }

    [Theory]
    [InlineData("--out: 'x' arrived without --emit, but a form is needed. Add --emit ir, opencl, cpu or ptx.", "--out", "x")]
    [InlineData("--emit: 'spirv' arrived, but one of ir, opencl, cpu, ptx is needed. Correct it, or leave the option out.", "--emit", "spirv")]
    public async Task BadOption_IsOneLine(string message, params string[] options)
    {
        CommandResult result = await CommandTester.RunAsync(["kernels", .. options]);

        Assert.Equal(ExitCode.BadInput, result.ExitCode);
        Assert.Equal(message, result.Error.TrimEnd());
    }

    [Fact]
    public async Task UnknownArchitecture_IsOneLine()
    {
        CommandResult result = await CommandTester.RunAsync("kernels", "--emit", "ptx", "--kernel", "Scale.Forward", "--architecture", "sm_20");

        Assert.Equal(ExitCode.BadInput, result.ExitCode);
        string line = Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("--architecture: ", line, StringComparison.Ordinal);
        Assert.Contains("sm_20", line, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OutBelowAFile_IsOneLine()
    {
        using TemporaryFolder folder = new();
        string below = Path.Combine(folder.Write("file", "in the way"), "texts");

        CommandResult result = await CommandTester.RunAsync("kernels", "--emit", "ir", "--kernel", "Scale.Forward", "--out", below);

        result.AssertRefused($"--out: '{Path.Combine(below, "Scale.Forward.ir")}' cannot be written");
    }
}
