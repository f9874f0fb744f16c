using System.Reflection;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Compiler.Ir;
using GpuRnn.Compiler.Passes;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Elementwise;

namespace GpuRnn.Compiler.Tests;

/// <summary>Finds every kernel of the kernels project and compiles it with the verifier behind each pass.</summary>
public static class CompiledKernels
{
    /// <summary>Every kernel by name, those with a type parameter once for each type that the product uses.</summary>
    public static IReadOnlyDictionary<string, MethodInfo> All { get; } = Find().ToDictionary(method => KernelEntry.Read(method).Name);

    /// <summary>The method of a class, closed over a type if one is given.</summary>
    public static MethodInfo Method(Type owner, string name, params Type[] arguments)
    {
        MethodInfo method = owner.GetMethod(name, BindingFlags.Static | BindingFlags.Public)
            ?? throw new InvalidOperationException($"{owner.Name} has no public static method {name}.");
        return arguments.Length == 0 ? method : method.MakeGenericMethod(arguments);
    }

    /// <summary>Translates and runs all passes, each followed by the verifier.</summary>
    internal static IrFunction Compile(MethodInfo method)
    {
        IrFunction function = KernelTranslator.Translate(KernelEntry.Read(method));
        PassPipeline.Run(function, after => IrVerifier.Verify(function, after));
        return function;
    }

    private static IEnumerable<MethodInfo> Find()
    {
        foreach (MethodInfo method in typeof(Add).Assembly.GetExportedTypes()
            .Where(type => type.IsAbstract && type.IsSealed)
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Where(IsKernel))
        {
            Type[] choices = method.IsGenericMethodDefinition ? Choices(method) : [];
            foreach (MethodInfo closed in choices.Length == 0 ? [method] : choices.Select(choice => method.MakeGenericMethod(choice)))
            {
                yield return closed;
            }
        }
    }

    // What a launch calls returns nothing and takes device memory.
    private static bool IsKernel(MethodInfo method) => method.ReturnType == typeof(void)
        && method.GetParameters().Any(parameter => parameter.ParameterType.Name.StartsWith("ArrayView", StringComparison.Ordinal))
        && !method.GetParameters().Any(parameter => parameter.ParameterType.IsByRef);

    private static Type Closed(Type type) => type.IsGenericTypeDefinition ? type.MakeGenericType(typeof(TanhActivation)) : type;

    private static Type[] Choices(MethodInfo method)
    {
        Type constraint = method.GetGenericArguments()[0].GetGenericParameterConstraints().First(type => type.IsInterface);
        return constraint == typeof(IActivation) || constraint == typeof(IStepNode)
            ? [.. constraint.Assembly.GetExportedTypes().Where(type => type.IsValueType && constraint.IsAssignableFrom(type)).Select(Closed)]
            : throw new InvalidOperationException($"{method} has a type parameter that this class does not know.");
    }
}
