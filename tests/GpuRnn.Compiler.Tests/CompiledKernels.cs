using System.Reflection;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Compiler.Ir;
using GpuRnn.Compiler.Passes;
using GpuRnn.Kernels;

namespace GpuRnn.Compiler.Tests;

/// <summary>Finds every kernel of the kernels project and compiles it with the verifier behind each pass.</summary>
public static class CompiledKernels
{
    /// <summary>Every kernel by name, those with a type parameter once for each type that the product uses.</summary>
    public static IReadOnlyDictionary<string, MethodInfo> All { get; } = KernelCatalog.All.ToDictionary(method => KernelEntry.Read(method).Name);

    /// <summary>Those that OpenCL can have: it runs no kernel whose groups wait for each other.</summary>
    public static IReadOnlyDictionary<string, MethodInfo> ForOpenCl { get; } =
        All.Where(pair => !KernelEntry.Read(pair.Value).IsCooperative).ToDictionary(pair => pair.Key, pair => pair.Value);

    /// <summary>The method of a class, closed over a type if one is given.</summary>
    public static MethodInfo Method(Type owner, string name, params Type[] arguments)
    {
        MethodInfo method = owner.GetMethod(name, BindingFlags.Static | BindingFlags.Public)
            ?? throw new InvalidOperationException($"{owner.Name} has no public static method {name}.");
        return arguments.Length == 0 ? method : method.MakeGenericMethod(arguments);
    }

    /// <summary>The same method, compiled from C# with or without optimisation.</summary>
    public static MethodInfo Method(Type owner, string name, bool isOptimised, params Type[] arguments)
    {
        Type type = isOptimised
            ? owner
            : Assembly.Load("GpuRnn.Compiler.Tests.Unoptimised").GetType(owner.FullName!, true)!;
        return Method(type, name, arguments);
    }

    /// <summary>Translates and runs all passes, each followed by the verifier.</summary>
    internal static IrFunction Compile(MethodInfo method)
    {
        IrFunction function = KernelTranslator.Translate(KernelEntry.Read(method));
        PassPipeline.Run(function, after => IrVerifier.Verify(function, after));
        return function;
    }
}
