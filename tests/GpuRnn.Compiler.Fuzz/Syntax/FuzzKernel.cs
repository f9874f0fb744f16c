using System.Text;

namespace GpuRnn.Compiler.Fuzz.Syntax;

/// <summary>A generated kernel with what it calls.</summary>
internal sealed class FuzzKernel
{
    /// <summary>The views, in the order of the parameters; each comes as input and as output.</summary>
    internal static (FuzzType Type, string Input, string Output)[] Views { get; } =
        [.. FuzzType.Numbers.Select(type => (type, $"in{Capital(type)}", $"out{Capital(type)}"))];

    /// <summary>The scalars behind the views; the same for all work-items.</summary>
    internal static (FuzzType Type, string Name)[] Scalars { get; } =
        [(FuzzType.Int, "argInt"), (FuzzType.UInt, "argUint"), (FuzzType.Long, "argLong"), (FuzzType.Float, "argFloat"), (FuzzType.Double, "argDouble")];

    internal FuzzKernel(ulong seed, bool isGrouped)
    {
        Seed = seed;
        IsGrouped = isGrouped;
    }

    internal ulong Seed { get; }

    /// <summary>True when the launch arranges groups, so that there may be shared memory and barriers.</summary>
    internal bool IsGrouped { get; }

    /// <summary>Seeds take turns, so that both kinds of intermediate language are read.</summary>
    internal bool IsOptimized => Seed % 2 == 0;

    internal string ClassName => $"K{Seed}";

    internal List<FuzzMember> Members { get; } = [];

    internal List<Statement> Body { get; } = [];

    /// <summary>The allowed error of each slot of the view of approximate results, in units in the last place; 0 where unused.</summary>
    internal int[] AllowedUlp { get; } = new int[FuzzLayout.Slots];

    /// <summary>The class with the kernel <c>Run</c> and everything beside it.</summary>
    internal string Text()
    {
        StringBuilder text = new();
        text.Append($"public static class {ClassName}\n{{\n    public static void Run(\n");
        if (!IsGrouped)
        {
            text.Append("        Index1D item,\n");
        }

        foreach ((FuzzType type, string input, string output) in Views)
        {
            text.Append($"        ArrayView1D<{type}, Stride1D.Dense> {input}, ArrayView1D<{type}, Stride1D.Dense> {output},\n");
        }

        text.Append("        ArrayView1D<int, Stride1D.Dense> aliasInt, ArrayView1D<float, Stride1D.Dense> approximate,\n        ");
        text.Append(string.Join(", ", Scalars.Select(scalar => $"{scalar.Type} {scalar.Name}"))).Append(")\n    {\n        unchecked\n        {\n");
        Statement.Write(Body, text, 3);
        text.Append("        }\n    }\n\n");
        Members.ForEach(member => member.Write(text));
        return text.Append("}\n").ToString();
    }

    private static string Capital(FuzzType type) => char.ToUpperInvariant(type.Name[0]) + type.Name[1..];
}
