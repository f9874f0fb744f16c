using System.Reflection;
using GpuRnn.Compiler.Ir;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Frontend;

/// <summary>Takes C# types apart into the scalars that a kernel keeps of them, their leaves.</summary>
/// <remarks>
/// A struct's leaves are those of its fields in order of declaration. A view keeps its pointer and its length; the object that owns the
/// memory has no leaf, nor has any other reference.
/// </remarks>
internal static class TypeLayout
{
    /// <summary>The leaves of a type as they lie in memory; see <see cref="IrType.Loaded"/> for how they are computed with.</summary>
    internal static IReadOnlyList<IrType> Leaves(Type type)
    {
        if (type.IsByRef || type.IsPointer)
        {
            return [IrType.Pointer(PointeeKind(type.GetElementType()!), AddressSpace.Unknown)];
        }

        if (type.IsEnum)
        {
            return Leaves(Enum.GetUnderlyingType(type));
        }

        ScalarKind kind = KindOf(type);
        if (kind != ScalarKind.Void)
        {
            return [new IrType(kind)];
        }

        if (IsBaseView(type))
        {
            return [IrType.Pointer(PointeeKind(type.GetGenericArguments()[0]), AddressSpace.Unknown), IrType.I64];
        }

        return type.IsValueType && type != typeof(void) ? [.. Fields(type).SelectMany(field => Leaves(field.FieldType))] : [];
    }

    /// <summary>The number of leaves before those of a field.</summary>
    internal static int LeafOffset(FieldInfo field)
    {
        Type owner = field.DeclaringType!;
        if (IsBaseView(owner))
        {
            return field.Name == "_length" ? 1 : 0;
        }

        return Fields(owner).TakeWhile(other => other.MetadataToken != field.MetadataToken).Sum(other => Leaves(other.FieldType).Count);
    }

    /// <summary>What an address of the type points to: the one leaf's kind, <see cref="ScalarKind.Void"/> when there are several.</summary>
    internal static ScalarKind PointeeKind(Type type) => Leaves(type) is [IrType single] ? single.Kind : ScalarKind.Void;

    /// <summary>Names the leaves of a parameter after the fields that lead to them.</summary>
    internal static IEnumerable<string> LeafNames(Type type, string name)
    {
        if (IsBaseView(type))
        {
            return [name, $"{name}_length"];
        }

        if (KindOf(type) != ScalarKind.Void || type.IsEnum)
        {
            return [name];
        }

        if (KernelEntry.IsViewType(type))
        {
            // The base view keeps the parameter's own name; extent and stride add theirs.
            return Fields(type).SelectMany(field => IsBaseView(field.FieldType)
                ? LeafNames(field.FieldType, name).Select((leaf, i) => i == 0 ? leaf : $"{name}_elements")
                : LeafNames(field.FieldType, $"{name}_{Clean(field.Name)}"));
        }

        return Fields(type).SelectMany(field => LeafNames(field.FieldType, $"{name}_{Clean(field.Name)}"));
    }

    /// <summary>The fields that lead to each leaf, in the order of <see cref="Leaves"/>.</summary>
    internal static IReadOnlyList<KernelLeaf> Paths(Type type)
    {
        if (KindOf(type) != ScalarKind.Void || type.IsEnum || type.IsPointer)
        {
            return [new KernelLeaf([], type)];
        }

        return [.. Fields(type)
            .Where(field => field.FieldType.IsValueType || field.FieldType.IsPointer)
            .SelectMany(field => Paths(field.FieldType).Select(leaf => new KernelLeaf([field, .. leaf.Path], leaf.Type)))];
    }

    internal static bool IsBaseView(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ArrayView<>);

    private static FieldInfo[] Fields(Type type)
    {
        FieldInfo[] fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        Array.Sort(fields, (first, second) => first.MetadataToken.CompareTo(second.MetadataToken));
        return fields;
    }

    // The backing field of a property is called <Name>k__BackingField.
    private static string Clean(string field) => field.StartsWith('<') ? field[1..field.IndexOf('>', StringComparison.Ordinal)] : field.TrimStart('_');

    private static ScalarKind KindOf(Type type) => type.IsEnum ? ScalarKind.Void : Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => ScalarKind.Bool,
        TypeCode.SByte => ScalarKind.I8,
        TypeCode.Byte => ScalarKind.U8,
        TypeCode.Int16 => ScalarKind.I16,
        TypeCode.UInt16 or TypeCode.Char => ScalarKind.U16,
        TypeCode.Int32 or TypeCode.UInt32 => ScalarKind.I32,
        TypeCode.Int64 or TypeCode.UInt64 => ScalarKind.I64,
        TypeCode.Single => ScalarKind.F32,
        TypeCode.Double => ScalarKind.F64,
        _ => type == typeof(nint) || type == typeof(nuint) ? ScalarKind.I64 : ScalarKind.Void,
    };
}
