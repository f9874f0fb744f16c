using System.Reflection;
using System.Reflection.Emit;
using GpuRnn.Compiler.Frontend;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Cpu;

/// <summary>Runs a kernel for the linear indices from <paramref name="start"/> to below <paramref name="end"/>.</summary>
/// <param name="arguments">The boxed arguments, without the index.</param>
/// <param name="start">The first linear index; X varies fastest.</param>
/// <param name="end">The linear index after the last.</param>
/// <param name="extentX">The extent along X.</param>
/// <param name="extentY">The extent along Y.</param>
/// <param name="failedAt">The linear index whose call threw; written only then.</param>
internal delegate void ImplicitChunk(object[] arguments, long start, long end, int extentX, int extentY, ref long failedAt);

/// <summary>Runs an explicitly grouped kernel for the work-item of the calling thread.</summary>
internal delegate void GroupedCall(object[] arguments);

/// <summary>Emits, once a kernel, the loop that calls it directly: no delegate, no boxing and no allocation per element.</summary>
internal static class KernelTrampoline
{
    internal static GroupedCall EmitGrouped(KernelEntry entry)
    {
        DynamicMethod method = new($"{entry.Name} (work-item)", typeof(void), [typeof(object[])], typeof(KernelTrampoline).Module, true);
        ILGenerator il = method.GetILGenerator();
        LocalBuilder[] arguments = EmitUnboxing(il, entry);
        EmitLoads(il, arguments);
        il.Emit(OpCodes.Call, entry.Method);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<GroupedCall>();
    }

    internal static ImplicitChunk EmitImplicit(KernelEntry entry)
    {
        Type[] signature = [typeof(object[]), typeof(long), typeof(long), typeof(int), typeof(int), typeof(long).MakeByRefType()];
        DynamicMethod method = new($"{entry.Name} (chunk)", typeof(void), signature, typeof(KernelTrampoline).Module, true);
        ILGenerator il = method.GetILGenerator();
        LocalBuilder[] arguments = EmitUnboxing(il, entry);
        int dimensions = entry.IndexType - IndexType.None;
        LocalBuilder position = il.DeclareLocal(typeof(long));
        LocalBuilder[] components = [.. Enumerable.Range(0, dimensions).Select(_ => il.DeclareLocal(typeof(int)))];
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Stloc, position);
        EmitComponents(il, components);

        // The handler notes which index failed; the runtime keeps the loop's variables in registers and stores them through.
        il.BeginExceptionBlock();
        Label body = il.DefineLabel();
        Label test = il.DefineLabel();
        il.Emit(OpCodes.Br, test);
        il.MarkLabel(body);
        foreach (LocalBuilder component in components)
        {
            il.Emit(OpCodes.Ldloc, component);
        }

        il.Emit(OpCodes.Newobj, IndexConstructor(entry.Method.GetParameters()[0].ParameterType, dimensions));
        EmitLoads(il, arguments);
        il.Emit(OpCodes.Call, entry.Method);
        EmitAdvance(il, components);
        il.Emit(OpCodes.Ldloc, position);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Conv_I8);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, position);
        il.MarkLabel(test);
        il.Emit(OpCodes.Ldloc, position);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Blt, body);
        il.BeginCatchBlock(typeof(Exception));
        il.Emit(OpCodes.Pop);
        il.Emit(OpCodes.Ldarg, 5);
        il.Emit(OpCodes.Ldloc, position);
        il.Emit(OpCodes.Stind_I8);
        il.Emit(OpCodes.Rethrow);
        il.EndExceptionBlock();
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<ImplicitChunk>();
    }

    private static ConstructorInfo IndexConstructor(Type index, int dimensions) =>
        index.GetConstructor([.. Enumerable.Repeat(typeof(int), dimensions)])!;

    private static LocalBuilder[] EmitUnboxing(ILGenerator il, KernelEntry entry)
    {
        LocalBuilder[] locals = new LocalBuilder[entry.Parameters.Count];
        for (int i = 0; i < locals.Length; i++)
        {
            Type type = entry.Parameters[i].Type;
            locals[i] = il.DeclareLocal(type);
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Ldelem_Ref);
            if (KernelArguments.UnboxerOf(type) is MethodInfo unboxer)
            {
                il.Emit(OpCodes.Call, unboxer);
            }
            else
            {
                il.Emit(OpCodes.Unbox_Any, type);
            }

            il.Emit(OpCodes.Stloc, locals[i]);
        }

        return locals;
    }

    private static void EmitLoads(ILGenerator il, LocalBuilder[] locals)
    {
        foreach (LocalBuilder local in locals)
        {
            il.Emit(OpCodes.Ldloc, local);
        }
    }

    // x = start % extentX, y = start / extentX % extentY, z = start / extentX / extentY; only as many as the index has.
    private static void EmitComponents(ILGenerator il, LocalBuilder[] components)
    {
        for (int axis = 0; axis < components.Length; axis++)
        {
            il.Emit(OpCodes.Ldarg_1);
            for (int divisor = 0; divisor < axis; divisor++)
            {
                il.Emit(OpCodes.Ldarg, 3 + divisor);
                il.Emit(OpCodes.Conv_I8);
                il.Emit(OpCodes.Div);
            }

            if (axis < components.Length - 1)
            {
                il.Emit(OpCodes.Ldarg, 3 + axis);
                il.Emit(OpCodes.Conv_I8);
                il.Emit(OpCodes.Rem);
            }

            il.Emit(OpCodes.Conv_I4);
            il.Emit(OpCodes.Stloc, components[axis]);
        }
    }

    // ++x; when it reaches the extent it returns to 0 and ++y; and so on.
    private static void EmitAdvance(ILGenerator il, LocalBuilder[] components)
    {
        Label done = il.DefineLabel();
        for (int axis = 0; axis < components.Length; axis++)
        {
            il.Emit(OpCodes.Ldloc, components[axis]);
            il.Emit(OpCodes.Ldc_I4_1);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Stloc, components[axis]);
            if (axis < components.Length - 1)
            {
                il.Emit(OpCodes.Ldloc, components[axis]);
                il.Emit(OpCodes.Ldarg, 3 + axis);
                il.Emit(OpCodes.Blt, done);
                il.Emit(OpCodes.Ldc_I4_0);
                il.Emit(OpCodes.Stloc, components[axis]);
            }
        }

        il.MarkLabel(done);
    }
}
