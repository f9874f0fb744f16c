namespace GpuRnn.Cli.Tests;

/// <summary>Keeps what is written and cancels when a line begins with a given text, as a user watching the output would.</summary>
internal sealed class InterruptingWriter(string start, CancellationTokenSource source) : StringWriter
{
    public override void WriteLine(string? value)
    {
        base.WriteLine(value);
        if (value is not null && value.StartsWith(start, StringComparison.Ordinal))
        {
            source.Cancel();
        }
    }
}
