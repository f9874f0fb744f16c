using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace GpuRnn.Compiler.Caching;

/// <summary>Everything known before a compilation that decides its result, as text.</summary>
/// <remarks>What becomes known only by compiling, such as the other assemblies that code came from, stands in <see cref="RecordedInputs"/>.</remarks>
internal static class CompilationKey
{
    private static readonly Module[] s_always = [typeof(CompilationKey).Module, typeof(KernelModel.Group).Module, typeof(object).Module];

    /// <summary>True for a module whose identity is part of every key.</summary>
    internal static bool NamesAlways(Module module) => Array.IndexOf(s_always, module) >= 0;

    /// <summary>The key, null when something in it has no lasting identity.</summary>
    /// <param name="target">Language, version and options of the result.</param>
    /// <param name="methods">The kernels of one program, in order, closed.</param>
    /// <param name="values">The constants built into the program, in order, with invariant text.</param>
    internal static string? Of(string target, IReadOnlyList<MethodInfo> methods, IReadOnlyList<string> values)
    {
        StringBuilder text = new();
        text.Append("compiled kernel\ntarget ").Append(target).Append("\nprocess ").Append(RuntimeInformation.ProcessArchitecture).Append('\n');
        bool isLasting = Array.TrueForAll(s_always, module => AppendModule(text, module));
        foreach (MethodInfo method in methods)
        {
            isLasting = isLasting && AppendMethod(text, method);
        }

        foreach (string value in values)
        {
            text.Append("value ").Append(value).Append('\n');
        }

        return isLasting ? text.ToString() : null;
    }

    // A module made at run time ends it at once: its members may have no tokens.
    private static bool AppendMethod(StringBuilder text, MethodInfo method)
    {
        if (!AppendModule(text, method.Module))
        {
            return false;
        }

        text.Append("kernel ").Append(method.Name).Append(' ').Append(method.MetadataToken).Append('\n');
        return AppendType(text, method.DeclaringType)
            && Array.TrueForAll(method.IsGenericMethod ? method.GetGenericArguments() : [], type => AppendType(text, type));
    }

    private static bool AppendModule(StringBuilder text, Module module)
    {
        string? identity = ModuleIdentity.Of(module);
        text.Append("module ").Append(module.ScopeName).Append(' ').Append(identity).Append('\n');
        return identity is not null;
    }

    private static bool AppendType(StringBuilder text, Type? type)
    {
        if (type is null)
        {
            return true;
        }

        if (type.HasElementType)
        {
            text.Append("of ").Append(type.Name).Append('\n');
            return AppendType(text, type.GetElementType());
        }

        if (!AppendModule(text, type.Module))
        {
            return false;
        }

        text.Append("type ").Append(type.Namespace).Append('.').Append(type.Name).Append(' ').Append(type.MetadataToken).Append('\n');
        return Array.TrueForAll(type.GetGenericArguments(), argument => AppendType(text, argument));
    }
}
