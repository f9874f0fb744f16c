using System.Diagnostics;

namespace GpuRnn.Package.Tests;

/// <summary>Runs a program and keeps what it printed.</summary>
internal static class Command
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(4);

    /// <summary>Runs to the end and returns standard output; fails the test with everything printed when the exit code is not 0.</summary>
    /// <param name="folder">Working directory.</param>
    /// <param name="packages">The folder in which restore keeps packages, so that nothing comes from the user's own.</param>
    /// <param name="program">A name on the path, or a file.</param>
    /// <param name="arguments">One entry an argument; not interpreted by a shell.</param>
    public static string Run(string folder, string packages, string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // The build that runs this test leaves its own settings in the environment; the consumer must not inherit them.
        foreach (string name in start.Environment.Keys.Where(IsOfTheOuterBuild).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["NUGET_PACKAGES"] = packages;
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        bool ended = process.WaitForExit(s_limit);
        if (!ended)
        {
            process.Kill(entireProcessTree: true);
        }

        string printed = $"{output.GetAwaiter().GetResult()}{error.GetAwaiter().GetResult()}";
        string line = $"{program} {string.Join(' ', arguments)}";
        Assert.True(ended, $"'{line}' did not end within {s_limit.TotalMinutes} minutes.{Environment.NewLine}{printed}");
        Assert.True(process.ExitCode == 0, $"'{line}' ended with {process.ExitCode}, needs 0.{Environment.NewLine}{printed}");
        return output.GetAwaiter().GetResult();
    }

    private static bool IsOfTheOuterBuild(string name) =>
        name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("GPURNN_", StringComparison.OrdinalIgnoreCase)
        || name.Equals("DOTNET_HOST_PATH", StringComparison.OrdinalIgnoreCase);
}
