using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace GpuRnn.Compiler.Caching;

/// <summary>Tells two builds of one assembly apart.</summary>
internal static class ModuleIdentity
{
    // Weak, so that an assembly that can be unloaded still can.
    private static readonly ConditionalWeakTable<Module, string> s_known = new();

    /// <summary>The module's version id and a hash of its file, null for a module that is made at run time and may still grow.</summary>
    /// <remarks>
    /// The version id belongs to what is loaded, even when the file was replaced since. The hash notices tools that rewrite the code
    /// behind a compiler and keep its version id; an assembly without a file has the version id alone.
    /// </remarks>
    internal static string? Of(Module module) => module.Assembly.IsDynamic ? null : s_known.GetValue(module, Describe);

    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "An assembly inside a single file has no path, and counts as one without a file.")]
    private static string Describe(Module module)
    {
        string version = module.ModuleVersionId.ToString("N");
        return module == typeof(object).Module ? version : $"{version}-{FileHash(module.Assembly.Location)}";
    }

    private static string FileHash(string path)
    {
        try
        {
            return path.Length == 0 ? "none" : Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)), 0, 16);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "unreadable";
        }
    }
}
