namespace GpuRnn.Cli.Tests;

/// <summary>Runs a command line in this process and keeps what it wrote.</summary>
internal static class CommandTester
{
    public const int Width = 100;

    public static async Task<CommandResult> RunAsync(params string[] arguments)
    {
        return await RunAsync(CancellationToken.None, arguments);
    }

    public static async Task<CommandResult> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int exitCode = await CommandLine.RunAsync(arguments, new CommandHost(output, error, false, Width), cancellationToken);
        return new CommandResult(exitCode, output.ToString(), error.ToString());
    }
}
