namespace GpuRnn.Compiler.Ir;

/// <summary>The type of a value: a scalar, or a pointer to scalars of one kind in one address space.</summary>
/// <param name="Kind">The scalar, or <see cref="ScalarKind.Pointer"/>.</param>
/// <param name="Element">What a pointer points to; <see cref="ScalarKind.Void"/> for the address of a struct with several leaves.</param>
/// <param name="Space">Where a pointer points.</param>
internal readonly record struct IrType(ScalarKind Kind, ScalarKind Element = ScalarKind.Void, AddressSpace Space = AddressSpace.Unknown)
{
    internal static IrType Void => new(ScalarKind.Void);

    internal static IrType Bool => new(ScalarKind.Bool);

    internal static IrType I32 => new(ScalarKind.I32);

    internal static IrType I64 => new(ScalarKind.I64);

    internal static IrType F32 => new(ScalarKind.F32);

    internal static IrType F64 => new(ScalarKind.F64);

    internal bool IsPointer => Kind == ScalarKind.Pointer;

    internal bool IsFloat => Kind is ScalarKind.F32 or ScalarKind.F64;

    internal bool IsInteger => Kind is ScalarKind.I32 or ScalarKind.I64;

    /// <summary>The bytes of the scalar in memory; 0 for <see cref="ScalarKind.Void"/>.</summary>
    internal int SizeInBytes => Kind switch
    {
        ScalarKind.Void => 0,
        ScalarKind.Bool or ScalarKind.I8 or ScalarKind.U8 => 1,
        ScalarKind.I16 or ScalarKind.U16 => 2,
        ScalarKind.I32 or ScalarKind.F32 => 4,
        _ => 8,
    };

    internal static IrType Pointer(ScalarKind element, AddressSpace space) => new(ScalarKind.Pointer, element, space);

    /// <summary>The type of a value loaded from memory that holds <paramref name="kind"/>.</summary>
    internal static IrType Loaded(ScalarKind kind) =>
        kind is ScalarKind.I8 or ScalarKind.U8 or ScalarKind.I16 or ScalarKind.U16 ? I32 : new IrType(kind);

    public override string ToString() => IsPointer ? $"{Element.ToString().ToLowerInvariant()}*{SpaceSuffix}" : Kind.ToString().ToLowerInvariant();

    private string SpaceSuffix => Space == AddressSpace.Unknown ? "" : $" {Space.ToString().ToLowerInvariant()}";
}
