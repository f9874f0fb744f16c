using System.Diagnostics;

namespace GpuRnn.Compiler.Tests.Caching;

/// <summary>Several processes with one folder.</summary>
public sealed class CacheProcessTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);
    private readonly CacheFolderOfTest _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ProcessesAtOnce_OneOfWhichClears_AllGetWhatCompilingGives()
    {
        const int Rounds = 2;
        string expected = CacheProcess.HashOfAll(method => KernelCompiler.ToOpenCl(method));
        string[][] outputs = await Task.WhenAll(Run($"{Rounds}"), Run($"{Rounds}"), Run($"{Rounds}", "clear"));

        Assert.All(outputs, lines => Assert.Equal(Enumerable.Repeat(expected, Rounds), lines));
        Assert.Equal(expected, CacheProcess.HashOfAll(method => KernelCompiler.ToOpenCl(method, _folder.Cache)));
        Assert.Equal(CompiledKernels.ForOpenCl.Count, _folder.Entries.Length);
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.writing"));
    }

    private async Task<string[]> Run(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", ["exec", typeof(CacheProcess).Assembly.Location, _folder.Path, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        using CancellationTokenSource limit = new(s_limit);
        Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
        string output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        Assert.Empty(await error);
        await process.WaitForExitAsync(limit.Token);
        Assert.Equal(0, process.ExitCode);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
