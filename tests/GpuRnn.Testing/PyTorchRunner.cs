using Xunit.Sdk;

namespace GpuRnn.Testing;

/// <summary>
/// Runs Python with PyTorch: the interpreter that GPURNN_PYTHON names, otherwise python3 on the path, otherwise /usr/bin/python3,
/// the first that imports torch and numpy.
/// </summary>
/// <remarks>
/// tests/vectors is on PYTHONPATH, so a script can <c>import safetensors_numpy</c>. Tests that call <see cref="RunText"/> or
/// <see cref="RunFile"/> carry <see cref="PyTorchFactAttribute"/>.
/// </remarks>
public static class PyTorchRunner
{
    /// <summary>The environment variable that names the interpreter; when it is set, no other is tried.</summary>
    public const string PythonVariable = "GPURNN_PYTHON";

    private static readonly TimeSpan s_defaultTimeout = TimeSpan.FromSeconds(120);
    private static readonly Lazy<(string? Interpreter, string? Reason)> s_probe = new(Probe);

    /// <summary>Why PyTorch cannot be used here; null when it can. The probe runs once a process.</summary>
    public static string? UnavailableReason => s_probe.Value.Reason;

    /// <summary>Runs Python source text; its arguments arrive in <c>sys.argv[1:]</c>.</summary>
    /// <param name="source">The program.</param>
    /// <param name="arguments">For example the paths of files to read and to write.</param>
    /// <param name="timeout">Two minutes when null; the process is killed then.</param>
    /// <returns>Standard output.</returns>
    /// <exception cref="XunitException">The exit code is not 0, or the time ran out; the text holds standard error.</exception>
    public static string RunText(string source, IEnumerable<string> arguments, TimeSpan? timeout = null)
        => Run(["-c", source, .. arguments], "the given source", timeout ?? s_defaultTimeout);

    /// <summary>Runs a script file; its arguments arrive in <c>sys.argv[1:]</c>.</summary>
    /// <param name="path">Absolute, or relative to tests/vectors.</param>
    /// <inheritdoc cref="RunText"/>
    public static string RunFile(string path, IEnumerable<string> arguments, TimeSpan? timeout = null)
        => Run([Path.Combine(RepositoryFolder.Vectors, path), .. arguments], path, timeout ?? s_defaultTimeout);

    private static string Run(IReadOnlyList<string> arguments, string what, TimeSpan timeout)
    {
        string interpreter = s_probe.Value.Interpreter
            ?? throw new XunitException($"PyTorchRunner: {UnavailableReason} Mark the test [PyTorchFact], which skips it here.");
        PythonResult result = PythonProcess.TryRun(interpreter, arguments, timeout)
            ?? throw new XunitException($"PyTorchRunner: {interpreter} answered the probe but could not be started for {what}.");
        if (result.ExitCode is null)
        {
            throw new XunitException($"PyTorchRunner: {what} ran longer than {timeout.TotalSeconds:F0} s under {interpreter}.\n{result.Error}");
        }

        if (result.ExitCode != 0)
        {
            throw new XunitException($"PyTorchRunner: {what} ended with exit code {result.ExitCode} under {interpreter}.\n{result.Error}");
        }

        return result.Output;
    }

    private static (string? Interpreter, string? Reason) Probe()
    {
        string? named = Environment.GetEnvironmentVariable(PythonVariable);
        string[] candidates = string.IsNullOrEmpty(named) ? ["python3", "/usr/bin/python3"] : [named];
        foreach (string candidate in candidates)
        {
            PythonResult? result = PythonProcess.TryRun(candidate, ["-c", "import torch, numpy"], s_defaultTimeout);
            if (result?.ExitCode == 0)
            {
                return (candidate, null);
            }
        }

        string source = string.IsNullOrEmpty(named) ? "the defaults" : PythonVariable;
        return (null, $"No Python with torch and numpy: tried {string.Join(", ", candidates)} ({source}). "
            + $"Install PyTorch, or let {PythonVariable} name an interpreter that has it.");
    }
}
