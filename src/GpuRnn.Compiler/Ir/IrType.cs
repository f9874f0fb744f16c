namespace GpuRnn.Compiler.Ir;

/// <summary>The type of a value: a scalar, a vector of scalars, or a pointer to one of these in one address space.</summary>
/// <param name="Kind">The scalar, or <see cref="ScalarKind.Pointer"/>.</param>
/// <param name="Element">What a pointer points to; <see cref="ScalarKind.Void"/> for the address of a struct with several leaves.</param>
/// <param name="Space">Where a pointer points.</param>
/// <param name="Lanes">The numbers of a vector, or of each vector that a pointer points to; 1 for scalars.</param>
internal readonly record struct IrType(
    ScalarKind Kind, ScalarKind Element = ScalarKind.Void, AddressSpace Space = AddressSpace.Unknown, int Lanes = 1)
{
    internal static IrType Void => new(ScalarKind.Void);

    internal static IrType Bool => new(ScalarKind.Bool);

    internal static IrType I32 => new(ScalarKind.I32);

    internal static IrType I64 => new(ScalarKind.I64);

    internal static IrType F32 => new(ScalarKind.F32);

    internal static IrType F64 => new(ScalarKind.F64);

    internal bool IsPointer => Kind == ScalarKind.Pointer;

    /// <summary>True for several numbers in one value.</summary>
    internal bool IsVector => Lanes > 1 && !IsPointer;

    /// <summary>The type of one of a vector's numbers.</summary>
    internal IrType Scalar => new(Kind);

    internal bool IsFloat => Kind is ScalarKind.F32 or ScalarKind.F64;

    internal bool IsInteger => Kind is ScalarKind.I32 or ScalarKind.I64;

    /// <summary>The bytes of the value in memory; 0 for <see cref="ScalarKind.Void"/>.</summary>
    internal int SizeInBytes => IsPointer ? 8 : Lanes * Kind switch
    {
        ScalarKind.Void => 0,
        ScalarKind.Bool or ScalarKind.I8 or ScalarKind.U8 => 1,
        ScalarKind.I16 or ScalarKind.U16 => 2,
        ScalarKind.I32 or ScalarKind.F32 => 4,
        _ => 8,
    };

    /// <summary>The bytes of what a pointer points to; 0 for <see cref="ScalarKind.Void"/>.</summary>
    internal int PointeeBytes => Lanes * new IrType(Element).SizeInBytes;

    internal static IrType Vector(ScalarKind kind, int lanes) => new(kind, Lanes: lanes);

    /// <summary>A pointer to values of a type; to <see cref="Void"/> for a struct with several leaves.</summary>
    internal static IrType Pointer(IrType pointee, AddressSpace space) => new(ScalarKind.Pointer, pointee.Kind, space, pointee.IsPointer ? 1 : pointee.Lanes);

    /// <summary>The type of a value loaded from memory that holds <paramref name="leaf"/>.</summary>
    internal static IrType Loaded(IrType leaf) =>
        leaf.Kind is ScalarKind.I8 or ScalarKind.U8 or ScalarKind.I16 or ScalarKind.U16 ? I32 : leaf;

    public override string ToString() => IsPointer
        ? $"{Element.ToString().ToLowerInvariant()}{LanesSuffix}*{SpaceSuffix}"
        : $"{Kind.ToString().ToLowerInvariant()}{LanesSuffix}";

    private string LanesSuffix => Lanes > 1 ? $"x{Lanes}" : "";

    private string SpaceSuffix => Space == AddressSpace.Unknown ? "" : $" {Space.ToString().ToLowerInvariant()}";
}
