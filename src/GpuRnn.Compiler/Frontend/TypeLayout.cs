using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
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
    private static readonly ConcurrentDictionary<FieldInfo, int> s_offsets = new();

    // Weak, so that an assembly that can be unloaded still can.
    private static readonly ConditionalWeakTable<Type, IReadOnlyList<IrType>> s_leaves = new();
    private static readonly ConditionalWeakTable<Type, FieldInfo[]> s_fields = new();

    /// <summary>The leaves of a type as they lie in memory; see <see cref="IrType.Loaded"/> for how they are computed with.</summary>
    internal static IReadOnlyList<IrType> Leaves(Type type) => s_leaves.GetValue(type, FindLeaves);

    private static IReadOnlyList<IrType> FindLeaves(Type type)
    {
        if (type.IsByRef || type.IsPointer)
        {
            return [IrType.Pointer(Pointee(type.GetElementType()!), AddressSpace.Unknown)];
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

        if (VectorIntrinsics.IsVector(type))
        {
            return [VectorIntrinsics.TypeOf(type)];
        }

        if (IsBaseView(type))
        {
            return [IrType.Pointer(Pointee(type.GetGenericArguments()[0]), AddressSpace.Unknown), IrType.I64];
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

    /// <summary>What an address of the type points to: its one leaf, <see cref="IrType.Void"/> when there are several.</summary>
    internal static IrType Pointee(Type type) => Leaves(type) is [IrType single] ? single : IrType.Void;

    /// <summary>The bytes from the start of a struct to a leaf, as the run time lays the struct out in memory.</summary>
    /// <param name="type">The struct.</param>
    /// <param name="leaf">The leaf's number.</param>
    /// <param name="isField">True for the start of the struct's own field whose first leaf it is.</param>
    internal static int OffsetInBytes(Type type, int leaf, bool isField)
    {
        int first = 0;
        foreach (FieldInfo field in Fields(type))
        {
            int count = Leaves(field.FieldType).Count;
            if (leaf < first + count)
            {
                int start = s_offsets.GetOrAdd(field, MeasureOffset);
                return isField || count == 1 ? start : start + OffsetInBytes(field.FieldType, leaf - first, false);
            }

            first += count;
        }

        throw new ArgumentOutOfRangeException(nameof(leaf), $"{type}: leaf {leaf} was asked for, but it has {first}. Count as Leaves does.");
    }

    /// <summary>The bytes of a value in memory.</summary>
    internal static int SizeInBytes(Type type)
    {
        Type[] one = [type];
        MethodInfo sizeOf = typeof(Unsafe).GetMethod("SizeOf")!.MakeGenericMethod(one);
        return (int)sizeOf.Invoke(null, null)!;
    }

    /// <summary>Names the leaves of a parameter after the fields that lead to them.</summary>
    internal static IEnumerable<string> LeafNames(Type type, string name)
    {
        if (IsBaseView(type))
        {
            return [name, $"{name}_length"];
        }

        if (KindOf(type) != ScalarKind.Void || type.IsEnum || VectorIntrinsics.IsVector(type))
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

    // Layout attributes leave choices to the run time, so it is asked: the address of the field minus that of the struct.
    private static int MeasureOffset(FieldInfo field)
    {
        DynamicMethod method = new($"offset of {field.Name}", typeof(int), null, typeof(TypeLayout).Module, true);
        ILGenerator il = method.GetILGenerator();
        il.DeclareLocal(field.DeclaringType!);
        il.Emit(OpCodes.Ldloca_S, (byte)0);
        il.Emit(OpCodes.Ldflda, field);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Ldloca_S, (byte)0);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Conv_I4);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<int>>()();
    }

    private static FieldInfo[] Fields(Type type) => s_fields.GetValue(type, FindFields);

    private static FieldInfo[] FindFields(Type type)
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
