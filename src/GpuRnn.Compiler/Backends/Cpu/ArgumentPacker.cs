using System.Reflection;
using System.Reflection.Emit;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>Takes boxed arguments apart into the leaves that compiled code reads, eight bytes each.</summary>
internal unsafe delegate void ArgumentPacker(object[] arguments, long* target);

/// <summary>Emits the packer of a kernel, so that a launch uses no reflection.</summary>
internal static class ArgumentPackers
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <param name="entry">The kernel's signature.</param>
    /// <param name="unboxer">The static method that turns a boxed argument into a parameter's type; null when unboxing does.</param>
    internal static unsafe ArgumentPacker Emit(KernelEntry entry, Func<Type, MethodInfo?> unboxer)
    {
        DynamicMethod method = new($"{entry.Name} (arguments)", typeof(void), [typeof(object[]), typeof(long*)], typeof(ArgumentPackers).Module, true);
        ILGenerator il = method.GetILGenerator();
        int leaf = 0;
        for (int i = 0; i < entry.Parameters.Count; i++)
        {
            Type type = entry.Parameters[i].Type;
            LocalBuilder local = il.DeclareLocal(type);
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Ldelem_Ref);
            if (unboxer(type) is MethodInfo unbox)
            {
                il.Emit(OpCodes.Call, unbox);
            }
            else
            {
                il.Emit(OpCodes.Unbox_Any, type);
            }

            il.Emit(OpCodes.Stloc, local);
            Store(il, type, local, [], ref leaf);
        }

        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<ArgumentPacker>();
    }

    private static void Store(ILGenerator il, Type type, LocalBuilder local, FieldInfo[] path, ref int leaf)
    {
        if (TypeLayout.IsBaseView(type))
        {
            StoreLeaf(il, ScalarKind.Pointer, local, [.. path, type.GetField("_pointer", Fields)!], leaf++);
            StoreLeaf(il, ScalarKind.I64, local, [.. path, type.GetField("_length", Fields)!], leaf++);
            return;
        }

        IReadOnlyList<IrType> leaves = TypeLayout.Leaves(type);
        if (type.IsPrimitive || type.IsEnum)
        {
            StoreLeaf(il, IrType.Loaded(leaves[0]).Kind, local, path, leaf++);
            return;
        }

        foreach (FieldInfo field in type.GetFields(Fields).OrderBy(field => field.MetadataToken).Where(field => field.FieldType.IsValueType))
        {
            Store(il, field.FieldType, local, [.. path, field], ref leaf);
        }
    }

    private static void StoreLeaf(ILGenerator il, ScalarKind kind, LocalBuilder local, FieldInfo[] path, int leaf)
    {
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldc_I4, 8 * leaf);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Add);
        il.Emit(path.Length == 0 ? OpCodes.Ldloc : OpCodes.Ldloca, local);
        for (int i = 0; i < path.Length; i++)
        {
            il.Emit(i == path.Length - 1 ? OpCodes.Ldfld : OpCodes.Ldflda, path[i]);
        }

        ScalarCode.Store(il, kind == ScalarKind.Bool ? ScalarKind.I32 : kind);
    }
}
