using System.Text;
using System.Text.RegularExpressions;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Ptx;

/// <summary>Writes functions as the entries of one PTX program.</summary>
/// <remarks>
/// <para>
/// Parameters of an entry: the leaves of the kernel's own, in order (of a view the address at which it begins, in the global space, the number
/// of elements and the number of positions, 64 bits each); then, for a kernel with an index, the extent of the launch on each axis as 32-bit
/// numbers, because the number of work-items may be rounded up.
/// </para>
/// <para>A group is a cooperative thread array; shared memory beyond 48 KiB is asked for at the launch, by the number in the entry's comment.</para>
/// </remarks>
internal static partial class PtxWriter
{
    /// <summary>The name of the shared memory that a launch provides.</summary>
    internal const string DynamicShared = "dynamic_shared";

    internal static string Write(IReadOnlyList<IrFunction> functions, PtxTarget target)
    {
        HashSet<string> names = [];
        StringBuilder entries = new();
        bool hasDynamic = false;
        foreach (IrFunction function in functions)
        {
            string name = EntryName(function);
            while (!names.Add(name))
            {
                name += "_";
            }

            PtxKernelWriter writer = new(function);
            entries.Append('\n').Append(writer.Write(name));
            hasDynamic |= writer.DynamicSharedBytes > 0;
        }

        string dynamic = hasDynamic ? $"\n.extern .shared .align 16 .b8 {DynamicShared}[];\n" : "";
        return $".version {target.Version}\n.target {target.Name}\n.address_size 64\n{dynamic}{entries}";
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
