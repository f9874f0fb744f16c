using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Xunit.Sdk;

namespace GpuRnn.Testing;

/// <summary>Assembles PTX with NVIDIA's <c>ptxas</c>: the one that GPURNN_PTXAS names, otherwise the one on the path. No GPU is needed.</summary>
public static partial class Ptxas
{
    /// <summary>The environment variable that names the assembler; when it is set, no other is tried.</summary>
    public const string PtxasVariable = "GPURNN_PTXAS";

    private static readonly Lazy<(string? Program, string? Reason)> s_probe = new(Probe);

    /// <summary>Why no assembler can be used here; null when one can. The probe runs once a process.</summary>
    public static string? UnavailableReason => s_probe.Value.Reason;

    /// <summary>Assembles a program and reports what each entry takes.</summary>
    /// <param name="text">PTX.</param>
    /// <param name="architecture">For example <c>sm_80</c>.</param>
    /// <returns>One result an entry, in the assembler's order.</returns>
    /// <exception cref="XunitException">The assembler refuses the text; the message holds what it says.</exception>
    public static IReadOnlyList<PtxasResult> Assemble(string text, string architecture)
    {
        string program = s_probe.Value.Program
            ?? throw new XunitException($"Ptxas.Assemble: {UnavailableReason} Mark the test [PtxasFact], which skips it here.");
        string file = Path.Combine(Path.GetTempPath(), $"gpurnn-{Guid.NewGuid():N}.ptx");
        File.WriteAllText(file, text);
        try
        {
            (int code, string output) = Run(program, "-v", $"-arch={architecture}", file, "-o", $"{file}.cubin")
                ?? throw new XunitException($"Ptxas.Assemble: {program} answered the probe but could not be started.");
            if (code != 0)
            {
                string kept = Path.Combine(Path.GetTempPath(), "gpurnn-refused.ptx");
                File.Copy(file, kept, overwrite: true);
                throw new XunitException($"Ptxas.Assemble: {program} refuses the text for {architecture} with exit code {code}; the text is in {kept}.\n{output}");
            }

            return [.. Entries().Matches(output).Select(Read)];
        }
        finally
        {
            File.Delete(file);
            File.Delete($"{file}.cubin");
        }
    }

    private static PtxasResult Read(Match match)
    {
        int Number(string group) => match.Groups[group].Success ? int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;
        return new PtxasResult(
            match.Groups["name"].Value,
            Number("registers"),
            Number("stack"),
            Number("stores"),
            Number("loads"),
            Number("shared"));
    }

    private static (string? Program, string? Reason) Probe()
    {
        string? named = Environment.GetEnvironmentVariable(PtxasVariable);
        string program = string.IsNullOrEmpty(named) ? "ptxas" : named;
        return Run(program, "--version") is { Code: 0 }
            ? (program, null)
            : (null, $"No ptxas: {program} does not run. Let {PtxasVariable} name one; .ci/fetch-ptxas downloads one and prints its path.");
    }

    private static (int Code, string Output)? Run(string program, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        Process? process;
        try
        {
            process = Process.Start(start);
        }
        catch (Win32Exception)
        {
            // There is no such program; the caller says so.
            return null;
        }

        using (process)
        {
            Task<string> output = process!.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            process.WaitForExit();
            return (process.ExitCode, output.Result + error.Result);
        }
    }

    [GeneratedRegex(
        @"Compiling entry function '(?<name>[^']+)'.*?(?<stack>\d+) bytes stack frame, (?<stores>\d+) bytes spill stores, (?<loads>\d+) bytes spill loads"
        + @".*?Used (?<registers>\d+) registers(?:[^\n]*?(?<shared>\d+) bytes smem)?",
        RegexOptions.Singleline)]
    private static partial Regex Entries();
}
