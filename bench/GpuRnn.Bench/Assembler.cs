using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace GpuRnn.Bench;

/// <summary>Asks NVIDIA's <c>ptxas</c> what kernels take of a multiprocessor: the one that GPURNN_PTXAS names, otherwise the one on the path.</summary>
internal static partial class Assembler
{
    /// <summary>The architectures of the reports.</summary>
    public static IReadOnlyList<string> Architectures { get; } = ["sm_70", "sm_80", "sm_90"];

    /// <summary>Assembles a program.</summary>
    /// <returns>By the entry's name: registers of a thread, bytes of private memory, of spills stored and loaded, and of shared memory.</returns>
    /// <exception cref="InvalidOperationException">The assembler refuses the text.</exception>
    public static IReadOnlyDictionary<string, (int Registers, int Stack, int Spills, int Shared)> Assemble(string text, string architecture)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            return AssembleFile(file, architecture);
        }
        finally
        {
            File.Delete(file);
            File.Delete($"{file}.cubin");
        }
    }

    /// <summary>Assembles a program and leaves its machine code beside it.</summary>
    /// <param name="file">The program's file.</param>
    /// <param name="architecture">The architecture.</param>
    /// <exception cref="InvalidOperationException">The assembler refuses the text, or is not there.</exception>
    public static IReadOnlyDictionary<string, (int Registers, int Stack, int Spills, int Shared)> AssembleFile(string file, string architecture)
    {
        string output = Execute(
            new ProcessStartInfo(Program, ["-v", $"-arch={architecture}", file, "-o", $"{file}.cubin"]) { RedirectStandardError = true }, process => process.StandardError);
        return Entries().Matches(output).ToDictionary(match => match.Groups["name"].Value, Read);
    }

    /// <summary>Reads the machine code that <see cref="AssembleFile"/> left with <c>nvdisasm</c>, which lies beside the assembler.</summary>
    /// <param name="file">The program's file.</param>
    /// <exception cref="InvalidOperationException">The machine code cannot be read, or <c>nvdisasm</c> is not there.</exception>
    public static string Disassemble(string file)
    {
        string program = Path.Combine(Path.GetDirectoryName(Program) ?? "", "nvdisasm");
        return Execute(new ProcessStartInfo(program, ["-c", $"{file}.cubin"]) { RedirectStandardOutput = true }, process => process.StandardOutput);
    }

    private static string Program => Environment.GetEnvironmentVariable("GPURNN_PTXAS") is { Length: > 0 } named ? named : "ptxas";

    private static string Execute(ProcessStartInfo start, Func<Process, StreamReader> outputOf)
    {
        using Process process = Start(start);
        string output = outputOf(process).ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"Assembler: {start.FileName} {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}:\n{output}");
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException(
                $"Assembler: {start.FileName} was wanted, but cannot be started: {exception.Message}. Name ptxas in GPURNN_PTXAS, with nvdisasm beside it; .ci/fetch-ptxas fetches both.", exception);
        }
    }

    private static (int Registers, int Stack, int Spills, int Shared) Read(Match match)
    {
        int Number(string group) => match.Groups[group].Success ? int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;
        return (Number("registers"), Number("stack"), Number("stores") + Number("loads"), Number("shared"));
    }

    [GeneratedRegex(
        @"Compiling entry function '(?<name>[^']+)'.*?(?<stack>\d+) bytes stack frame, (?<stores>\d+) bytes spill stores, (?<loads>\d+) bytes spill loads"
        + @".*?Used (?<registers>\d+) registers(?:[^\n]*?(?<shared>\d+) bytes smem)?",
        RegexOptions.Singleline)]
    private static partial Regex Entries();
}
