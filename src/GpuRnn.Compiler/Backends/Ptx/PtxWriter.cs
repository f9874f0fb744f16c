using System.Text;
using System.Text.RegularExpressions;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Ptx;

/// <summary>Writes functions as the entries of one PTX program.</summary>
/// <remarks>
/// <para>
/// Parameters of an entry: the leaves of the kernel's own, in order (of a view the address at which it begins, in the global space, the number
/// of elements and the number of positions, 64 bits each); then, for a kernel with an index, the extent of the launch on each axis as 32-bit
/// numbers, because the number of work-items may be rounded up.
/// </para>
/// <para>
/// A group is a cooperative thread array. Shared arrays beyond 48 KiB together lie at the front of the shared memory that the launch provides
/// (<see cref="PtxKernel.LaunchSharedMemoryBytes"/>), before what the kernel itself asks of the launch.
/// </para>
/// </remarks>
internal static partial class PtxWriter
{
    /// <summary>The name of the shared memory that a launch provides.</summary>
    internal const string DynamicShared = "dynamic_shared";

    /// <param name="functions">Behind all passes; changed in place.</param>
    /// <param name="target">For which architecture.</param>
    internal static PtxProgram Write(IReadOnlyList<(KernelEntry Entry, IrFunction Function)> functions, PtxTarget target)
    {
        HashSet<string> names = [];
        StringBuilder entries = new();
        List<PtxKernel> kernels = [];
        foreach ((KernelEntry entry, IrFunction function) in functions)
        {
            string name = EntryName(function);
            while (!names.Add(name))
            {
                name += "_";
            }

            // The one atomic sum of PTX that takes subnormal numbers for zero.
            FloatAtomics.Run(function, atomic => atomic.Type == IrType.F32 && atomic.Operands[0].Type.Space == AddressSpace.Global);
            PtxKernelWriter writer = new(function, target);
            entries.Append('\n').Append(writer.Write(name));
            kernels.Add(new PtxKernel(entry, name, writer.SharedBytes, writer.LaunchSharedBytes, writer.UsesDynamicShared, writer.MinimumArchitecture));
        }

        bool hasDynamic = kernels.Exists(kernel => kernel.UsesDynamicSharedMemory || kernel.LaunchSharedMemoryBytes > 0);
        string dynamic = hasDynamic ? $"\n.extern .shared .align 16 .b8 {DynamicShared}[];\n" : "";
        string header = $".version {target.Version}\n.target {target.Name}\n.address_size 64\n";
        return new PtxProgram($"{header}{dynamic}{entries}", target.Name, kernels);
    }

    /// <summary>The kernel's name with everything but letters and digits as underscores.</summary>
    private static string EntryName(IrFunction function)
    {
        string plain = NoWord().Replace(function.Name, "_").Trim('_');
        return plain.Length == 0 || char.IsDigit(plain[0]) ? $"k_{plain}" : plain;
    }

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex NoWord();
}
