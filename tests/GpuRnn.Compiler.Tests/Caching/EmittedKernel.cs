using System.Diagnostics;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Loader;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Tests.Caching;

/// <summary>Writes small assemblies with a kernel, to be built again with other content under the same names.</summary>
internal static class EmittedKernel
{
    private static readonly Type s_target = typeof(ArrayView1D<long, Stride1D.Dense>);

    /// <summary>An assembly <c>Values</c> with <c>Values.Get()</c>, which returns <paramref name="value"/>.</summary>
    internal static void WriteLibrary(string folder, long value)
    {
        PersistedAssemblyBuilder assembly = new(new AssemblyName("Values"), typeof(object).Assembly);
        DefineGet(assembly.DefineDynamicModule("Values"), value);
        assembly.Save(Path.Combine(folder, "Values.dll"));
    }

    /// <summary>An assembly <c>Kernels</c> whose kernel <c>Kernels.Run</c> stores what the library in the folder returns.</summary>
    internal static void WriteCaller(string folder)
    {
        MethodInfo get = Load(folder, "Values").GetType("Values")!.GetMethod("Get")!;
        Write(folder, code => code.Emit(OpCodes.Call, get));
    }

    /// <summary>An assembly <c>Kernels</c> whose kernel stores a static readonly number that differs each time the assembly is loaded.</summary>
    internal static void WriteConstantReader(string folder)
    {
        PersistedAssemblyBuilder assembly = new(new AssemblyName("Kernels"), typeof(object).Assembly);
        TypeBuilder type = DefineClass(assembly.DefineDynamicModule("Kernels"), "Kernels");
        FieldBuilder field = type.DefineField("s_started", typeof(long), FieldAttributes.Private | FieldAttributes.Static | FieldAttributes.InitOnly);
        ILGenerator initial = type.DefineTypeInitializer().GetILGenerator();
        initial.Emit(OpCodes.Call, typeof(Stopwatch).GetMethod(nameof(Stopwatch.GetTimestamp))!);
        initial.Emit(OpCodes.Stsfld, field);
        initial.Emit(OpCodes.Ret);
        DefineRun(type, code => code.Emit(OpCodes.Ldsfld, field));
        type.CreateType();
        assembly.Save(Path.Combine(folder, "Kernels.dll"));
    }

    /// <summary>The same kernel in an assembly without a file, storing <paramref name="value"/>.</summary>
    internal static MethodInfo Dynamic(long value)
    {
        AssemblyBuilder assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Kernels"), AssemblyBuilderAccess.Run);
        TypeBuilder type = DefineClass(assembly.DefineDynamicModule("Kernels"), "Kernels");
        DefineRun(type, code => code.Emit(OpCodes.Ldc_I8, value));
        return type.CreateType().GetMethod("Run")!;
    }

    /// <summary>The kernel of the assembly in the folder, in a load context of its own as in a new process.</summary>
    internal static MethodInfo LoadKernel(string folder) => Load(folder, "Kernels").GetType("Kernels")!.GetMethod("Run")!;

    private static Assembly Load(string folder, string name)
    {
        AssemblyLoadContext context = new(name, isCollectible: false);
        context.Resolving += (_, wanted) =>
            File.Exists(Path.Combine(folder, $"{wanted.Name}.dll")) ? context.LoadFromAssemblyPath(Path.Combine(folder, $"{wanted.Name}.dll")) : null;
        return context.LoadFromAssemblyPath(Path.Combine(folder, $"{name}.dll"));
    }

    private static void Write(string folder, Action<ILGenerator> value)
    {
        PersistedAssemblyBuilder assembly = new(new AssemblyName("Kernels"), typeof(object).Assembly);
        TypeBuilder type = DefineClass(assembly.DefineDynamicModule("Kernels"), "Kernels");
        DefineRun(type, value);
        type.CreateType();
        assembly.Save(Path.Combine(folder, "Kernels.dll"));
    }

    private static TypeBuilder DefineClass(ModuleBuilder module, string name) =>
        module.DefineType(name, TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed, typeof(object));

    private static void DefineGet(ModuleBuilder module, long value)
    {
        TypeBuilder type = DefineClass(module, "Values");
        ILGenerator code = type.DefineMethod("Get", MethodAttributes.Public | MethodAttributes.Static, typeof(long), []).GetILGenerator();
        code.Emit(OpCodes.Ldc_I8, value);
        code.Emit(OpCodes.Ret);
        type.CreateType();
    }

    private static void DefineRun(TypeBuilder type, Action<ILGenerator> value)
    {
        MethodBuilder run = type.DefineMethod("Run", MethodAttributes.Public | MethodAttributes.Static, typeof(void), [typeof(Index1D), s_target]);
        run.DefineParameter(1, ParameterAttributes.None, "index");
        run.DefineParameter(2, ParameterAttributes.None, "target");
        ILGenerator code = run.GetILGenerator();
        code.Emit(OpCodes.Ldarga_S, (byte)1);
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Call, s_target.GetMethod("get_Item", [typeof(Index1D)])!);
        value(code);
        code.Emit(OpCodes.Stind_I8);
        code.Emit(OpCodes.Ret);
    }
}
