using System.Text.RegularExpressions;

namespace GpuRnn.Repository.Tests;

/// <summary>The C# examples in README.md and docs/ are spans of files that a test compiles and runs.</summary>
public sealed class ExampleTests
{
    /// <summary>The only page that may show C# that is not compiled: it shows form, not use.</summary>
    private const string StylePage = "docs/style.md";

    [Fact]
    public void Examples_EqualTheirCompiledSource() =>
        RepositoryFiles.AssertNone(RepositoryFiles.Pages.SelectMany(page => Violations(page, path =>
        {
            string full = Path.Combine(RepositoryFiles.Root, path);
            return File.Exists(full) ? File.ReadAllText(full) : null;
        })));

    [Fact]
    public void Readme_HasAnExample() => Assert.Contains("```csharp", RepositoryFiles.Read("README.md").Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("```csharp\nint x = 1;\n```\n")]
    [InlineData("<!-- region: tests/A.cs#Other -->\n```csharp\nint x = 1;\n```\n")]
    [InlineData("<!-- region: tests/B.cs#One -->\n```csharp\nint x = 1;\n```\n")]
    [InlineData("<!-- region: tests/A.cs#One -->\n```csharp\nint x = 2;\n```\n")]
    [InlineData("<!-- region: src/A.cs#One -->\n```csharp\nint x = 1;\n```\n")]
    public void DriftedOrUncompiledExample_IsReported(string text) => Assert.Single(Violations(new SourceFile("README.md", text), Sample));

    [Fact]
    public void EqualExample_IsAllowed() => Assert.Empty(Violations(
        new SourceFile("README.md", "<!-- region: tests/A.cs#One -->\n```csharp\nint x = 1;\n\nint y = 2;\n```\n"),
        _ => "    // <example:One>\n    int x = 1;\n\n    // <example:Two>\n    int y = 2;\n    // </example:Two>\n    // </example:One>\n"));

    private static string? Sample(string path) =>
        path == "tests/A.cs" ? "class A\n{\n    // <example:One>\n    int x = 1;\n    // </example:One>\n}\n" : null;

    private static IEnumerable<string> Violations(SourceFile page, Func<string, string?> read)
    {
        if (page.Path == StylePage)
        {
            yield break;
        }

        foreach (Match fence in Regex.Matches(
            page.Text, @"(?:<!-- region: (?<path>[^#\n]+)#(?<name>\w+) -->\n)?^```(?:csharp|cs|c#)[^\n]*\n(?<body>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline))
        {
            string path = fence.Groups["path"].Value;
            string name = fence.Groups["name"].Value;
            string? problem = !fence.Groups["path"].Success ? "a C# block without '<!-- region: tests/File.cs#Name -->' above it. Take it from a compiled test"
                : !path.StartsWith("tests/", StringComparison.Ordinal) ? $"{path} is not a test. Take the example from one"
                : read(path) is not string source ? $"{path} does not exist. Correct the path"
                : Span(source, name) is not string span ? $"{path} has no '// <example:{name}>' … '// </example:{name}>'. Add the marks"
                : span != fence.Groups["body"].Value ? $"differs from {path}#{name}. Copy the span, which is:\n{span}"
                : null;
            if (problem is not null)
            {
                yield return $"{page.At(fence.Index)}: {problem}.";
            }
        }
    }

    /// <summary>The lines between the marks, moved left by the indentation of the opening mark; marks of examples inside are left out.</summary>
    private static string? Span(string source, string name)
    {
        Match match = Regex.Match(
            source, $@"^(?<indent>[ \t]*)// <example:{name}>\n(?<body>.*?)^[ \t]*// </example:{name}>", RegexOptions.Multiline | RegexOptions.Singleline);
        string body = Regex.Replace(match.Groups["body"].Value, @"^[ \t]*// </?example:\w+>\n", "", RegexOptions.Multiline);
        return match.Success ? Regex.Replace(body, $"^{match.Groups["indent"].Value}", "", RegexOptions.Multiline) : null;
    }
}
