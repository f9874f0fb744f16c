using System.Text;

namespace GpuRnn.Compiler.Caching;

/// <summary>A program as one text, to keep it: a line of fields for each kernel, an empty line, the program's own text.</summary>
internal static class ProgramContent
{
    private const char Separator = '\t';

    internal static string Write(IEnumerable<IReadOnlyList<string>> kernels, string text)
    {
        StringBuilder content = new();
        foreach (IReadOnlyList<string> fields in kernels)
        {
            content.AppendJoin(Separator, fields).Append('\n');
        }

        return content.Append('\n').Append(text).ToString();
    }

    internal static (IReadOnlyList<string[]> Kernels, string Text) Read(string content)
    {
        int end = content.IndexOf("\n\n", StringComparison.Ordinal);
        return ([.. content[..end].Split('\n').Select(line => line.Split(Separator))], content[(end + 2)..]);
    }
}
