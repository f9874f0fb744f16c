namespace GpuRnn.Testing;

/// <summary>What a Python process left behind.</summary>
/// <param name="ExitCode">Null when the process was killed at its time limit.</param>
/// <param name="Output">All of standard output.</param>
/// <param name="Error">All of standard error.</param>
public sealed record PythonResult(int? ExitCode, string Output, string Error);
