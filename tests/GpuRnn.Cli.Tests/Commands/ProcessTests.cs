using System.Diagnostics;

namespace GpuRnn.Cli.Tests.Commands;

public sealed class ProcessTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Tool_BadInput_ExitsWithTwoAndOneLine()
    {
        using Process process = Start("forecast", "--hidden", "0");
        string output = await process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await WaitAsync(process);

        new CommandResult(process.ExitCode, output, error).AssertRefused("--hidden: '0' arrived");
    }

    [SignalFact]
    public async Task Tool_InterruptSignal_SavesACheckpointAndExitsWith130()
    {
        string folder = _folder.File("run");
        using Process process = Start("forecast", "--out", folder, "--epochs", "100000", "--patience", "100000");
        string? line;
        do
        {
            line = await process.StandardOutput.ReadLineAsync();
        }
        while (line is not null && !line.StartsWith("epoch 1/", StringComparison.Ordinal));

        using Process kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
        await WaitAsync(kill);
        string rest = await process.StandardOutput.ReadToEndAsync();
        await WaitAsync(process);

        Assert.Equal(130, process.ExitCode);
        Assert.Contains($"Checkpoint: {Path.Combine(folder, "checkpoint.safetensors")}", rest, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder, "checkpoint.safetensors")));
    }

    private static Process Start(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [typeof(CommandLine).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private static async Task WaitAsync(Process process)
    {
        using CancellationTokenSource limit = new(s_limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
