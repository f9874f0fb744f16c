using System.ComponentModel;
using System.Diagnostics;

namespace GpuRnn.Testing;

/// <summary>Starts a Python interpreter, waits with a time limit and collects what it printed.</summary>
internal static class PythonProcess
{
    /// <summary>Returns null when the interpreter cannot be started.</summary>
    public static PythonResult? TryRun(string interpreter, IReadOnlyList<string> arguments, TimeSpan timeout)
    {
        ProcessStartInfo start = new(interpreter)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // The scripts of tests/vectors import one another, and must leave no __pycache__ in the checkout.
        start.Environment["PYTHONPATH"] = RepositoryFolder.Vectors;
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using Process? process = Start(start);
        if (process is null)
        {
            return null;
        }

        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        bool finished = process.WaitForExit(timeout);
        if (!finished)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        Task.WaitAll(output, error);
        return new PythonResult(finished ? process.ExitCode : null, output.Result, error.Result);
    }

    private static Process? Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start);
        }
        catch (Win32Exception)
        {
            // There is no such program, or it may not be run; the caller says so in the reason of its skip.
            return null;
        }
    }
}
