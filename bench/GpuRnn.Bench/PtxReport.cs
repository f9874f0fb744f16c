using GpuRnn.Compiler;
using GpuRnn.Compiler.Backends.Ptx;
using GpuRnn.Kernels;

namespace GpuRnn.Bench;

/// <summary><c>GpuRnn.Bench ptx</c>: a table of what every kernel takes of a GPU's registers and shared memory.</summary>
internal static class PtxReport
{
    /// <summary>Prints Markdown.</summary>
    public static int Run()
    {
        Dictionary<string, Dictionary<string, string>> rows = [];
        foreach (string architecture in Assembler.Architectures)
        {
            PtxProgram program = KernelCompiler.ToPtx([.. KernelCatalog.All.Where(kernel => KernelCompiler.RefusalAsPtx(kernel, architecture) is null)], architecture);
            IReadOnlyDictionary<string, (int Registers, int Stack, int Spills, int Shared)> figures = Assembler.Assemble(program.Text, architecture);
            foreach (PtxKernel kernel in program.Kernels)
            {
                (int registers, int stack, int spills, int shared) = figures[kernel.Name];
                Dictionary<string, string> row = rows.TryGetValue(kernel.Entry.Name, out Dictionary<string, string>? known) ? known : rows[kernel.Entry.Name] = [];
                row[architecture] = $"{registers} | {stack} | {spills}";
                row["shared"] = $"{shared + kernel.LaunchSharedMemoryBytes}";
            }
        }

        Console.WriteLine($"| kernel | shared bytes | {string.Join(" | ", Assembler.Architectures.Select(name => $"{name} registers | private bytes | spilled bytes"))} |");
        Console.WriteLine($"|---|---:|{string.Concat(Enumerable.Repeat("---:|", 3 * Assembler.Architectures.Count))}");
        foreach ((string kernel, Dictionary<string, string> row) in rows)
        {
            Console.WriteLine($"| `{kernel}` | {row["shared"]} | {string.Join(" | ", Assembler.Architectures.Select(name => row.GetValueOrDefault(name, "refused | | ")))} |");
        }

        return 0;
    }
}
