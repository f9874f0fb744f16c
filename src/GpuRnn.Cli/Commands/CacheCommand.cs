using System.CommandLine;
using GpuRnn.Cli.Reporting;
using GpuRnn.Compiler.Caching;

namespace GpuRnn.Cli.Commands;

/// <summary><c>gpurnn cache</c>: the compiled kernels that are kept on disk.</summary>
internal static class CacheCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(CommandHost host)
    {
        Option<bool> clear = new("--clear") { Description = "Delete the compiled kernels; they are compiled again when they are needed" };
        Command command = new("cache", "Shows where compiled kernels are kept and how much they take.") { clear };
        command.SetAction(parsed => Run(host, parsed.GetValue(clear)));
        return command;
    }

    /// <summary>One line: the folder and what is in it, or why nothing is kept.</summary>
    public static string Describe(KernelCache cache)
    {
        if (cache.Folder is null)
        {
            return $"none is kept: {cache.Origin}";
        }

        CacheContents contents = cache.Measure();
        return cache.TryWrite()
            ? $"{contents.EntryCount} entries, {ByteCount.Text(contents.SizeInBytes)} of at most {ByteCount.Text(cache.LimitInBytes)}, "
                + $"in {cache.Folder} ({cache.Origin})"
            : $"none can be kept: {cache.Trouble?.TrimEnd('.')}";
    }

    private static int Run(CommandHost host, bool clears)
    {
        KernelCache cache = KernelCache.FromEnvironment();
        if (!clears)
        {
            host.Output.WriteLine($"Compiled kernels: {Describe(cache)}.");
            return ExitCode.Success;
        }

        if (cache.Folder is null)
        {
            throw new InputException("--clear", $"no compiled kernels are kept, because {cache.Origin}", $"Set {KernelCache.Variable} to their folder");
        }

        CacheContents deleted = cache.Clear();
        if (cache.Trouble is string trouble)
        {
            host.Error.WriteLine($"gpurnn cache: {InputException.OneLine(trouble)}");
            return ExitCode.Failure;
        }

        host.Output.WriteLine($"Deleted {deleted.EntryCount} entries, {ByteCount.Text(deleted.SizeInBytes)}, in {cache.Folder}.");
        return ExitCode.Success;
    }
}
