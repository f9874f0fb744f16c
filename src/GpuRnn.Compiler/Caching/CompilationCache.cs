using System.Reflection;
using System.Text;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Caching;

/// <summary>Takes a compiled program from the cache where it still holds, and has it compiled where it does not.</summary>
/// <remarks>Refused kernels are not kept: their message names source lines, and whoever wrote them is about to change them.</remarks>
internal static class CompilationCache
{
    /// <summary>One program.</summary>
    /// <param name="cache">Null to compile in any case and keep nothing.</param>
    /// <param name="target">What is to be made.</param>
    /// <param name="methods">The program's kernels, closed.</param>
    /// <param name="values">Constants built in, with invariant text.</param>
    /// <param name="compile">Brings the kernels behind all passes.</param>
    internal static T Get<T>(
        KernelCache? cache,
        CompilationTarget<T> target,
        IReadOnlyList<MethodInfo> methods,
        IReadOnlyList<string> values,
        Func<IReadOnlyList<IrFunction>> compile)
    {
        string? key = cache is { Folder: not null } && methods.Count > 0 ? CompilationKey.Of(target.Name, methods, values) : null;
        if (key is not null && cache!.Find(key) is byte[] found && Open(found, methods[0].Module.Assembly) is string kept)
        {
            return target.FromContent(kept);
        }

        IReadOnlyList<IrFunction> functions = compile();
        T result = target.Make(functions);
        if (key is not null && RecordedInputs.Write(functions.Select(function => function.Inputs)) is { } inputs)
        {
            cache!.Keep(key, Encoding.UTF8.GetBytes($"{string.Join('\n', inputs)}\n\n{target.ToContent(result)}"));
        }

        return result;
    }

    // The inputs, an empty line, the result.
    private static string? Open(byte[] content, Assembly origin)
    {
        string whole = Encoding.UTF8.GetString(content);
        int end = whole.IndexOf("\n\n", StringComparison.Ordinal);
        return end >= 0 && RecordedInputs.StillHold(whole[..end].Split('\n', StringSplitOptions.RemoveEmptyEntries), origin)
            ? whole[(end + 2)..]
            : null;
    }
}
