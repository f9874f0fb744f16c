using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.CompilerServices;

namespace GpuRnn.Compiler.Frontend;

/// <summary>Finds the C# line of an instruction in the portable PDB beside the assembly.</summary>
internal static class SourceLocator
{
    private static readonly ConcurrentDictionary<string, MetadataReaderProvider?> s_providers = new();

    // By module and token, weak, so that an assembly that can be unloaded still can.
    private static readonly ConditionalWeakTable<Module, ConcurrentDictionary<int, (int Offset, string Line)[]>> s_lines = new();

    /// <summary><c>File.cs:12</c>, or null when there is no PDB or the instruction has no line.</summary>
    internal static string? Find(MethodBase method, int offset)
    {
        (int Offset, string Line)[] lines = s_lines.GetOrCreateValue(method.Module).GetOrAdd(method.MetadataToken, _ => Lines(method));
        return Array.FindLast(lines, line => line.Offset <= offset).Line;
    }

    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "An assembly inside a single file has no path, and counts as one without a PDB.")]
    private static (int Offset, string Line)[] Lines(MethodBase method)
    {
        MetadataReaderProvider? provider = s_providers.GetOrAdd(method.Module.Assembly.Location, Open);
        if (provider is null)
        {
            return [];
        }

        MetadataReader reader = provider.GetMetadataReader();
        MethodDefinitionHandle handle = (MethodDefinitionHandle)MetadataTokens.Handle(method.MetadataToken);
        return [.. reader.GetMethodDebugInformation(handle).GetSequencePoints()
            .Where(point => !point.IsHidden)
            .Select(point => (point.Offset, $"{Path.GetFileName(reader.GetString(reader.GetDocument(point.Document).Name))}:{point.StartLine}"))];
    }

    private static MetadataReaderProvider? Open(string location)
    {
        string path = Path.ChangeExtension(location, ".pdb");
        return location.Length > 0 && File.Exists(path) ? MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(path)) : null;
    }
}
