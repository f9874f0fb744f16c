namespace GpuRnn.Cli.Tests;

/// <summary>What a command line gave back.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>Asserts that the input was refused with one line of the project's form.</summary>
    public void AssertRefused(string start)
    {
        Assert.Equal(2, ExitCode);
        Assert.Empty(Output);
        string line = Assert.Single(Error.TrimEnd('\n').Split('\n'));
        Assert.StartsWith(start, line, StringComparison.Ordinal);
        Assert.Matches(@"^[^:]+: .+\. .+\.$", line);
    }
}
