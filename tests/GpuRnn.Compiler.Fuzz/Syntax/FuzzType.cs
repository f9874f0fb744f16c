namespace GpuRnn.Compiler.Fuzz.Syntax;

/// <summary>The type of a value in a generated kernel.</summary>
internal sealed class FuzzType
{
    internal static FuzzType Bool { get; } = new("bool", "false");
    internal static FuzzType Int { get; } = new("int", "0");
    internal static FuzzType UInt { get; } = new("uint", "0u");
    internal static FuzzType Long { get; } = new("long", "0L");
    internal static FuzzType ULong { get; } = new("ulong", "0UL");
    internal static FuzzType Float { get; } = new("float", "0f");
    internal static FuzzType Double { get; } = new("double", "0d");

    /// <summary>The integer types.</summary>
    internal static FuzzType[] Integers { get; } = [Int, UInt, Long, ULong];

    /// <summary>The types of which there are views.</summary>
    internal static FuzzType[] Numbers { get; } = [Int, UInt, Long, ULong, Float, Double];

    /// <summary>All types that are no structures.</summary>
    internal static FuzzType[] Scalars { get; } = [Bool, .. Numbers];

    private FuzzType(string name, string zero)
    {
        Name = name;
        Zero = zero;
    }

    /// <summary>Its name in C#.</summary>
    internal string Name { get; }

    /// <summary>An expression for its zero.</summary>
    internal string Zero { get; }

    /// <summary>The fields in order; empty for a scalar.</summary>
    internal IReadOnlyList<(FuzzType Type, string Name)> Fields { get; private init; } = [];

    internal bool IsStruct => Fields.Count > 0;

    internal bool IsInteger => Array.IndexOf(Integers, this) >= 0;

    internal bool IsFloat => this == Float || this == Double;

    internal bool IsWide => this == Long || this == ULong;

    internal bool IsUnsigned => this == UInt || this == ULong;

    /// <summary>A structure with these fields.</summary>
    internal static FuzzType Struct(string name, IReadOnlyList<(FuzzType Type, string Name)> fields) =>
        new(name, $"default({name})") { Fields = fields };

    /// <inheritdoc/>
    public override string ToString() => Name;
}
