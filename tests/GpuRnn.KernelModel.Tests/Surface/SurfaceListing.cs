using System.Reflection;

namespace GpuRnn.KernelModel.Tests.Surface;

/// <summary>Signatures by type heading, read from the texts stored beside this file.</summary>
internal static class SurfaceListing
{
    /// <summary>All headings with their members; headings are without namespaces.</summary>
    internal static Dictionary<string, HashSet<string>> Read()
    {
        Dictionary<string, HashSet<string>> types = [];
        foreach (string name in (string[])["ilgpu-1.5.3-api.txt", "ilgpu-1.5.3-supplement.txt"])
        {
            using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
                ?? throw new InvalidOperationException($"SurfaceListing: the resource {name} is missing. Embed it in the test project.");
            using StreamReader reader = new(stream);
            ReadInto(types, reader);
        }

        return types;
    }

    private static void ReadInto(Dictionary<string, HashSet<string>> types, StreamReader reader)
    {
        HashSet<string> members = [];
        while (reader.ReadLine() is string line)
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                members = [];
                types.Add(line[(line.LastIndexOf('.') + 1)..], members);
            }
            else if (line.Length > 0)
            {
                members.Add(line);
            }
        }
    }
}
