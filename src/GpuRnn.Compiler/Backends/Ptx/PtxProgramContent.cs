using System.Globalization;
using GpuRnn.Compiler.Caching;
using GpuRnn.Compiler.Frontend;

namespace GpuRnn.Compiler.Backends.Ptx;

/// <summary>A PTX program as one text, to keep it.</summary>
internal static class PtxProgramContent
{
    internal static string Write(PtxProgram program) => ProgramContent.Write(program.Kernels.Select(Fields), program.Text);

    /// <param name="content">What <see cref="Write"/> made.</param>
    /// <param name="architecture">The architecture it was made for.</param>
    /// <param name="entries">The kernels, in order.</param>
    internal static PtxProgram Read(string content, string architecture, IReadOnlyList<KernelEntry> entries)
    {
        (IReadOnlyList<string[]> kernels, string text) = ProgramContent.Read(content);
        return new PtxProgram(text, architecture, [.. entries.Select((entry, i) => Kernel(entry, kernels[i]))]);
    }

    private static string[] Fields(PtxKernel kernel) =>
    [
        kernel.Name,
        kernel.SharedMemoryBytes.ToString(CultureInfo.InvariantCulture),
        kernel.LaunchSharedMemoryBytes.ToString(CultureInfo.InvariantCulture),
        kernel.UsesDynamicSharedMemory.ToString(),
        kernel.MinimumArchitecture,
    ];

    private static PtxKernel Kernel(KernelEntry entry, string[] fields) => new(
        entry,
        fields[0],
        long.Parse(fields[1], CultureInfo.InvariantCulture),
        long.Parse(fields[2], CultureInfo.InvariantCulture),
        bool.Parse(fields[3]),
        fields[4]);
}
