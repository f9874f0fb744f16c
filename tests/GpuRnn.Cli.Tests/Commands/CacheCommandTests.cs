using System.Diagnostics;
using GpuRnn.Compiler.Caching;

namespace GpuRnn.Cli.Tests.Commands;

/// <summary>Runs the tool as a process, because the folder is part of a process's environment.</summary>
public sealed class CacheCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Cache_ShowsWhatIsKeptAndClearDeletesIt()
    {
        string folder = _folder.File("kernels");
        KernelCache cache = new(folder);
        cache.Keep("one", new byte[3000]);
        cache.Keep("two", []);

        CommandResult shown = await RunAsync(folder, "cache");
        CommandResult cleared = await RunAsync(folder, "cache", "--clear");
        CommandResult after = await RunAsync(folder, "cache");

        Assert.Equal($"Compiled kernels: 2 entries, 3 KiB of at most 256 MiB, in {folder} (GPURNN_CACHE).", shown.Output.Trim());
        Assert.Equal($"Deleted 2 entries, 3 KiB, in {folder}.", cleared.Output.Trim());
        Assert.Equal($"Compiled kernels: 0 entries, 0 KiB of at most 256 MiB, in {folder} (GPURNN_CACHE).", after.Output.Trim());
        Assert.All([shown, cleared, after], result => Assert.Equal((0, ""), (result.ExitCode, result.Error)));
    }

    [Fact]
    public async Task Cache_Off_SaysSoAndHasNothingToClear()
    {
        CommandResult shown = await RunAsync("off", "cache");
        CommandResult cleared = await RunAsync("off", "cache", "--clear");

        Assert.Equal("Compiled kernels: none is kept: GPURNN_CACHE is off.", shown.Output.Trim());
        cleared.AssertRefused("--clear: no compiled kernels are kept, because GPURNN_CACHE is off. ");
    }

    [Theory]
    [InlineData("cache")]
    [InlineData("devices")]
    public async Task FolderThatCannotBeWritten_IsShown(string command)
    {
        string folder = Path.Combine(_folder.Write("file", "in the way"), "kernels");
        CommandResult result = await RunAsync(folder, command);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains($"Compiled kernels: none can be kept: {folder} cannot be written: ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Tests_KeepKernelsInAFolderOfTheirOwn() => Assert.StartsWith(
        Path.Combine(Path.GetTempPath(), "gpurnn-tests-"), KernelCache.FromEnvironment().Folder, StringComparison.Ordinal);

    private static async Task<CommandResult> RunAsync(string folder, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [typeof(CommandLine).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [KernelCache.Variable] = folder },
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        string errors = await error;
        await process.WaitForExitAsync();
        return new CommandResult(process.ExitCode, output, errors);
    }
}
