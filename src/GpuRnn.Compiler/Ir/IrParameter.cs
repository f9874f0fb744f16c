namespace GpuRnn.Compiler.Ir;

/// <summary>One leaf of a kernel's argument.</summary>
internal sealed class IrParameter(IrType type, string name) : IrValue(type)
{
    /// <summary>The C# parameter's name, with the path to the leaf after underscores.</summary>
    internal string Name { get; } = name;

    /// <summary>Of a pointer to structs of several numbers their size in bytes; 0 for everything else.</summary>
    internal int StructSizeInBytes { get; init; }

    /// <summary>True for a pointer to memory that nobody writes during a launch.</summary>
    internal bool IsReadOnly { get; init; }

    public override string ToString() => Name;
}
