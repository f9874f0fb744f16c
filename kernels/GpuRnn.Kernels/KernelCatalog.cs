using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Cells.Amendments;

namespace GpuRnn.Kernels;

/// <summary>Every kernel of this assembly, those with type parameters once for each choice that the library makes.</summary>
/// <remarks>
/// A kernel is a public static method of a static class that returns nothing and takes a view. A type parameter stands for each struct of this
/// assembly that its interface permits, and so do the type parameters of these structs, so that a new cell or activation appears by itself.
/// A class whose kernel has too many combinations names those that the library uses in a method <c>ClosedForms</c>. Nodes that options of layers
/// put around those of any cell (<see cref="IAmendingNode"/>) are left out.
/// </remarks>
public static class KernelCatalog
{
    /// <summary>The kernels, closed, ordered by the full name of their class, their own name and their type arguments.</summary>
    public static IReadOnlyList<MethodInfo> All { get; } =
    [
        .. typeof(KernelCatalog).Assembly.GetExportedTypes()
            .Where(type => type.IsAbstract && type.IsSealed)
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Where(IsKernel)
            .SelectMany(Closed)
            .OrderBy(SortKey, StringComparer.Ordinal),
    ];

    /// <summary>Every node that can be a whole step behind its product, a generic one with the first of the types it permits.</summary>
    internal static IEnumerable<Type> Nodes => Structs(typeof(IStepNode))
        .Where(node => !typeof(ISeparateStepNode).IsAssignableFrom(node))
        .Select(node => Closed(node).First());

    /// <summary>The node with the most code backwards.</summary>
    internal static Type LongestNode => Nodes.MaxBy(node => CodeSize(node, "Backward"))!;

    /// <summary>Of the nodes that run beside others of their step, the one with the least code forwards and the one in the middle.</summary>
    internal static (Type Shortest, Type Middle) SeparateNodes
    {
        get
        {
            Type[] nodes = [.. Structs(typeof(ISeparateStepNode)).Select(node => Closed(node).First()).OrderBy(node => CodeSize(node, "Forward"))];
            return (nodes[0], nodes[nodes.Length / 2]);
        }
    }

    /// <summary>A node that is a whole step without a product.</summary>
    internal static Type UnitNode => Closed(Structs(typeof(IUnitStepNode)).First()).First();

    private static int CodeSize(Type node, string method) => node.GetInterfaceMap(typeof(IStepNode)).TargetMethods
        .Concat(node.GetInterfaceMap(typeof(IStepFunction)).TargetMethods)
        .Where(target => target.Name.EndsWith(method, StringComparison.Ordinal)).Sum(target => target.GetMethodBody()!.GetILAsByteArray()!.Length);

    private static IEnumerable<Type> Structs(params Type[] interfaces) => typeof(KernelCatalog).Assembly.GetExportedTypes()
        .Where(type => type.IsValueType && !typeof(IAmendingNode).IsAssignableFrom(type) && Array.TrueForAll(interfaces, needed => Implements(type, needed)));

    private static bool IsKernel(MethodInfo method) => method.ReturnType == typeof(void)
        && method.GetParameters().Any(parameter => parameter.ParameterType.Name.StartsWith("ArrayView", StringComparison.Ordinal))
        && !method.GetParameters().Any(parameter => parameter.ParameterType.IsByRef || parameter.ParameterType.IsByRefLike);

    // Where the combinations are too many, the class says which of them the library uses.
    private static IEnumerable<MethodInfo> Closed(MethodInfo method) => !method.IsGenericMethodDefinition
        ? [method]
        : method.DeclaringType!.GetMethod("ClosedForms") is MethodInfo forms
        ? (IEnumerable<MethodInfo>)forms.Invoke(null, null)!
        : Choices(method.GetGenericArguments()).Select(choice => method.MakeGenericMethod(choice));

    private static IEnumerable<Type> Closed(Type type) => type.IsGenericTypeDefinition
        ? Choices(type.GetGenericArguments()).Select(choice => type.MakeGenericType(choice))
        : [type];

    // Every combination of the structs that the parameters' interfaces permit.
    private static IEnumerable<Type[]> Choices(Type[] parameters)
    {
        IEnumerable<Type[]> combinations = [[]];
        foreach (Type parameter in parameters)
        {
            Type[] permitted = [.. Permitted(parameter)];
            combinations = combinations.SelectMany(first => permitted.Select(last => (Type[])[.. first, last]));
        }

        return combinations;
    }

    private static IEnumerable<Type> Permitted(Type parameter)
    {
        Type[] interfaces = [.. parameter.GetGenericParameterConstraints().Where(constraint => constraint.IsInterface)];
        return interfaces.Length == 0
            ? throw new NotSupportedException(
                $"{parameter.DeclaringMethod?.DeclaringType?.Name}.{parameter.DeclaringMethod?.Name}: the type parameter {parameter.Name} has no "
                + "interface, but the catalogue chooses its types by one. Constrain it.")
            : Structs(interfaces).SelectMany(Closed);
    }

    private static bool Implements(Type type, Type needed) => needed.IsGenericType
        ? type.GetInterfaces().Any(one => one.IsGenericType && one.GetGenericTypeDefinition() == needed.GetGenericTypeDefinition())
        : needed.IsAssignableFrom(type);

    private static string SortKey(MethodInfo method) =>
        $"{method.DeclaringType!.FullName}.{method.Name}<{string.Join(",", method.GetGenericArguments().Select(type => type.ToString()))}>";
}
