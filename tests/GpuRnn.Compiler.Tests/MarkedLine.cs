using GpuRnn.Testing;

namespace GpuRnn.Compiler.Tests;

/// <summary>Where the source of a test kernel says that a refusal must point.</summary>
internal static class MarkedLine
{
    /// <summary><c>File.cs:12</c> for the first line from a kernel's name on that ends with the id as a comment.</summary>
    internal static string Of(Type owner, string kernel, string id)
    {
        string file = $"{owner.Name}.cs";
        string folder = owner.Namespace![typeof(MarkedLine).Namespace!.Length..].Replace('.', '/');
        string[] lines = File.ReadAllLines($"{RepositoryFolder.Root}/tests/GpuRnn.Compiler.Tests{folder}/{file}");
        int declaration = Array.FindIndex(lines, line => line.Contains($" void {kernel}(", StringComparison.Ordinal));
        int marked = Array.FindIndex(lines, Math.Max(declaration, 0), line => line.EndsWith($" // {id}", StringComparison.Ordinal));
        Assert.True(declaration >= 0 && marked >= 0, $"{file}: no line of {kernel} ends with '// {id}'.");
        return $"{file}:{marked + 1}";
    }
}
