using System.Globalization;
using GpuRnn.Compiler.Caching;
using GpuRnn.Compiler.Frontend;

namespace GpuRnn.Compiler.Backends.OpenCl;

/// <summary>An OpenCL program as one text, to keep it.</summary>
internal static class OpenClProgramContent
{
    private const string Any = "any";

    internal static string Write(OpenClProgram program) => ProgramContent.Write(program.Kernels.Select(Fields), program.Text);

    /// <param name="content">What <see cref="Write"/> made.</param>
    /// <param name="entries">The kernels, in order.</param>
    internal static OpenClProgram Read(string content, IReadOnlyList<KernelEntry> entries)
    {
        (IReadOnlyList<string[]> kernels, string text) = ProgramContent.Read(content);
        return new OpenClProgram(text, [.. entries.Select((entry, i) => Kernel(entry, kernels[i]))]);
    }

    private static string[] Fields(OpenClKernel kernel) =>
    [
        kernel.Name,
        string.Join(' ', kernel.Extensions),
        kernel.SharedMemoryBytes.ToString(CultureInfo.InvariantCulture),
        kernel.UsesDynamicSharedMemory.ToString(),
        kernel.MaximumGroupSize?.ToString(CultureInfo.InvariantCulture) ?? Any,
    ];

    private static OpenClKernel Kernel(KernelEntry entry, string[] fields) => new(
        entry,
        fields[0],
        fields[1].Split(' ', StringSplitOptions.RemoveEmptyEntries),
        long.Parse(fields[2], CultureInfo.InvariantCulture),
        bool.Parse(fields[3]),
        fields[4] == Any ? null : int.Parse(fields[4], CultureInfo.InvariantCulture));
}
