namespace GpuRnn.Cli;

/// <summary>What the tool returns to the shell.</summary>
internal static class ExitCode
{
    /// <summary>All was done.</summary>
    public const int Success = 0;

    /// <summary>The tool itself failed, or a result was found to be wrong.</summary>
    public const int Failure = 1;

    /// <summary>The input was refused; nothing was written.</summary>
    public const int BadInput = 2;

    /// <summary>Interrupted from the keyboard (128 + SIGINT).</summary>
    public const int Interrupted = 130;
}
