using System.Reflection;

namespace GpuRnn.Cli;

/// <summary>What the build wrote into the assembly about its sources.</summary>
internal static class BuildInformation
{
    /// <summary>The commit the tool was built from, or "unknown" where it was built outside a repository.</summary>
    public static string Commit { get; } = ReadCommit(
        Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);

    /// <summary>The part of an informational version after its plus sign.</summary>
    public static string ReadCommit(string? informationalVersion)
    {
        int plus = informationalVersion?.IndexOf('+') ?? -1;
        return plus < 0 || plus == informationalVersion!.Length - 1 ? "unknown" : informationalVersion[(plus + 1)..];
    }
}
