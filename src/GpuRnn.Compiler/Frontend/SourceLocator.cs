using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace GpuRnn.Compiler.Frontend;

/// <summary>Finds the C# line of an instruction in the portable PDB beside the assembly.</summary>
internal static class SourceLocator
{
    private static readonly ConcurrentDictionary<string, MetadataReaderProvider?> s_providers = new();

    /// <summary><c>File.cs:12</c>, or null when there is no PDB or the instruction has no line.</summary>
    internal static string? Find(MethodBase method, int offset)
    {
        string location = method.Module.Assembly.Location;
        MetadataReaderProvider? provider = s_providers.GetOrAdd(location, Open);
        if (provider is null)
        {
            return null;
        }

        MetadataReader reader = provider.GetMetadataReader();
        MethodDefinitionHandle handle = (MethodDefinitionHandle)MetadataTokens.Handle(method.MetadataToken);
        MethodDebugInformation information = reader.GetMethodDebugInformation(handle);
        SequencePoint? nearest = null;
        foreach (SequencePoint point in information.GetSequencePoints())
        {
            if (!point.IsHidden && point.Offset <= offset)
            {
                nearest = point;
            }
        }

        return nearest is { } found
            ? $"{Path.GetFileName(reader.GetString(reader.GetDocument(found.Document).Name))}:{found.StartLine}"
            : null;
    }

    private static MetadataReaderProvider? Open(string location)
    {
        string path = Path.ChangeExtension(location, ".pdb");
        return location.Length > 0 && File.Exists(path) ? MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(path)) : null;
    }
}
