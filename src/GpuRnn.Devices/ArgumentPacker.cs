using System.Reflection;
using System.Reflection.Emit;
using GpuRnn.Compiler.Frontend;

namespace GpuRnn.Devices;

/// <summary>Takes the boxed arguments of a kernel's launches apart into the scalars and pointers that generated text has parameters for.</summary>
/// <remarks>The code that does it is emitted once a kernel, so that a launch uses no reflection and allocates nothing.</remarks>
internal sealed class ArgumentPacker
{
    private readonly Action<object[], PackedArgument[]> _pack;
    private readonly PackedArgument[] _packed;

    internal ArgumentPacker(KernelEntry entry)
    {
        _packed = new PackedArgument[entry.Parameters.Sum(parameter => parameter.Leaves.Count)];
        _pack = Emit(entry);
    }

    /// <summary>The leaves of all arguments, in order; valid until the next call, which is the caller's to prevent.</summary>
    internal ReadOnlySpan<PackedArgument> Pack(object[] arguments)
    {
        _pack(arguments, _packed);
        return _packed;
    }

    /// <summary>Lets go of the memory of the last launch, which would otherwise not be reclaimed when it is forgotten.</summary>
    internal void Forget() => Array.Clear(_packed);

    private static Action<object[], PackedArgument[]> Emit(KernelEntry entry)
    {
        DynamicMethod method = new($"{entry.Name} arguments", null, [typeof(object[]), typeof(PackedArgument[])], typeof(PackedArgument), skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        int position = 0;
        for (int i = 0; i < entry.Parameters.Count; i++)
        {
            KernelParameter parameter = entry.Parameters[i];
            LocalBuilder argument = il.DeclareLocal(parameter.Type);
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Ldelem_Ref);
            if (KernelArguments.UnboxerOf(parameter.Type) is MethodInfo unboxer)
            {
                il.Emit(OpCodes.Call, unboxer);
            }
            else
            {
                il.Emit(OpCodes.Unbox_Any, parameter.Type);
            }

            il.Emit(OpCodes.Stloc, argument);
            foreach (KernelLeaf leaf in parameter.Leaves)
            {
                il.Emit(OpCodes.Ldarg_1);
                il.Emit(OpCodes.Ldc_I4, position++);
                il.Emit(OpCodes.Ldelema, typeof(PackedArgument));
                EmitLeaf(il, argument, leaf);
            }
        }

        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<Action<object[], PackedArgument[]>>();
    }

    private static void EmitLeaf(ILGenerator il, LocalBuilder argument, KernelLeaf leaf)
    {
        // A pointer is handed over with the view around it, which knows its owner.
        IEnumerable<FieldInfo> path = leaf.Type.IsPointer ? leaf.Path.SkipLast(1) : leaf.Path;
        il.Emit(OpCodes.Ldloca, argument);
        foreach (FieldInfo field in path)
        {
            il.Emit(OpCodes.Ldflda, field);
        }

        if (leaf.Type.IsPointer)
        {
            il.Emit(OpCodes.Call, Setter(nameof(PackedArgument.SetView)).MakeGenericMethod(leaf.Type.GetElementType()!));
            return;
        }

        il.Emit(OpCodes.Ldobj, leaf.Type);
        il.Emit(OpCodes.Call, Setter(Type.GetTypeCode(leaf.Type) switch
        {
            TypeCode.Boolean => nameof(PackedArgument.SetBoolean),
            TypeCode.Single => nameof(PackedArgument.SetSingle),
            TypeCode.Double => nameof(PackedArgument.SetDouble),
            TypeCode.Int64 or TypeCode.UInt64 => nameof(PackedArgument.SetInt64),
            _ => nameof(PackedArgument.SetInt32),
        }));
    }

    private static MethodInfo Setter(string name) => typeof(PackedArgument).GetMethod(name, BindingFlags.Public | BindingFlags.Static)!;
}
