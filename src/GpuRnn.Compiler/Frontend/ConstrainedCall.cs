using System.Reflection;

namespace GpuRnn.Compiler.Frontend;

/// <summary>Finds what a call of an interface's member on a known type runs.</summary>
internal static class ConstrainedCall
{
    /// <summary>The implementation with its type arguments, null when there is none without a choice at run time.</summary>
    internal static MethodInfo? Resolve(MethodInfo member, Type type)
    {
        if (!type.IsValueType)
        {
            return null;
        }

        if (!member.DeclaringType!.IsInterface)
        {
            return Override(member, type);
        }

        MethodInfo definition = member.IsGenericMethod ? member.GetGenericMethodDefinition() : member;
        InterfaceMapping mapping = type.GetInterfaceMap(member.DeclaringType);
        int index = Array.FindIndex(mapping.InterfaceMethods, candidate => candidate.MetadataToken == definition.MetadataToken);
        if (index < 0)
        {
            return null;
        }

        MethodInfo target = mapping.TargetMethods[index];
        return member.IsGenericMethod ? target.MakeGenericMethod(member.GetGenericArguments()) : target;
    }

    // For object's virtual methods, which a struct may or may not override.
    private static MethodInfo? Override(MethodInfo member, Type type) =>
        Array.Find(
            type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly),
            method => method.GetBaseDefinition() == member.GetBaseDefinition());
}
