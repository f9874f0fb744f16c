using System.Text.RegularExpressions;

namespace GpuRnn.Repository.Tests;

/// <summary>Where things live: folders, namespaces, files and types.</summary>
public sealed class LayoutTests
{
    private const int MaximumLines = 600;
    private const int MaximumMethodLines = 80;

    private static readonly string[] s_meaninglessFolders = ["Utils", "Utilities", "Helpers", "Helper", "Common", "Misc"];

    [Fact]
    public void Namespaces_AreTheFolderPath() => RepositoryFiles.AssertNone(RepositoryFiles.CSharp.SelectMany(NamespaceViolations));

    [Theory]
    [InlineData("src/GpuRnn/Layers/Dense.cs", "namespace GpuRnn.Tensors;\npublic sealed class Dense;")]
    [InlineData("src/GpuRnn.Devices/Cpu/CpuDevice.cs", "namespace GpuRnn.Devices;\npublic sealed class CpuDevice;")]
    [InlineData("src/GpuRnn/Layers/Dense.cs", "namespace GpuRnn.Layers { public sealed class Dense; }")]
    [InlineData("src/GpuRnn/Layers/Dense.cs", "public sealed class Dense;")]
    [InlineData("docs/samples/GpuRnn.Samples/Sample.cs", "namespace samples.GpuRnn.Samples;\npublic static class Sample;")]
    public void Namespace_OtherThanTheFolder_IsReported(string path, string text) =>
        Assert.Single(NamespaceViolations(new SourceFile(path, text)));

    [Fact]
    public void Files_HoldOnePublicTypeOfTheirName() => RepositoryFiles.AssertNone(RepositoryFiles.CSharp.SelectMany(TypeViolations));

    [Theory]
    [InlineData("src/GpuRnn/Layers/Dense.cs", "public sealed class Dense { }\npublic enum Kind { A }")]
    [InlineData("src/GpuRnn/Layers/Dense.cs", "public readonly record struct Linear(int Size);")]
    [InlineData("src/GpuRnn/Layers/Dense.cs", "public static class Dense { }\npublic delegate void Step(int t);")]
    public void SecondOrForeignPublicType_IsReported(string path, string text) =>
        Assert.Single(TypeViolations(new SourceFile(path, text)));

    [Theory]
    [InlineData("public sealed class Dense { public enum Kind { A } }\ninternal sealed class Cache { }")]
    [InlineData("public interface Dense { }\npublic interface Dense<T> : Dense { }")]
    public void NestedInternalAndGenericTwin_AreAllowed(string text) =>
        Assert.Empty(TypeViolations(new SourceFile("src/GpuRnn/Layers/Dense.cs", text)));

    [Fact]
    public void Files_AreNoLongerThanAllowed() => RepositoryFiles.AssertNone(RepositoryFiles.CSharp.SelectMany(LengthViolations));

    [Fact]
    public void LongFile_IsReportedUnlessItSaysWhy()
    {
        string text = string.Concat(Enumerable.Repeat("int x;\n", MaximumLines + 1));
        Assert.Single(LengthViolations(new SourceFile("src/A.cs", text)));
        Assert.Single(LengthViolations(new SourceFile("src/A.cs", "// Long because:\n" + text)));
        Assert.Empty(LengthViolations(new SourceFile("src/A.cs", "// Long because: one table.\n" + text)));
        Assert.Empty(LengthViolations(new SourceFile("src/A.g.cs", text)));
    }

    [Fact]
    public void Methods_AreNoLongerThanAllowed() => RepositoryFiles.AssertNone(RepositoryFiles.Product.SelectMany(MethodLengthViolations));

    [Fact]
    public void LongMethod_IsReportedUnlessItSaysWhy()
    {
        string body = string.Concat(Enumerable.Repeat("        int x;\n", MaximumMethodLines));
        string text = $"namespace A;\npublic sealed class B\n{{\n    public void C()\n    {{\n{body}    }}\n}}\n";
        Assert.Single(MethodLengthViolations(new SourceFile("src/A/B.cs", text)));
        Assert.Empty(MethodLengthViolations(new SourceFile("src/A/B.cs", text.Replace("{\n        int", "{\n        // Long because: registers.\n        int"))));
        Assert.Empty(MethodLengthViolations(new SourceFile("src/A/B.cs", text.Replace(body, body[..^15]))));
    }

    [Fact]
    public void Folders_SayWhatTheyHold() => RepositoryFiles.AssertNone(RepositoryFiles.All.SelectMany(FolderViolations));

    [Theory]
    [InlineData("src/GpuRnn/Utils/A.cs")]
    [InlineData("tests/GpuRnn.Tests/Common/Deep/A.cs")]
    [InlineData("src/GpuRnn/Layers/LayerHelpers.cs")]
    public void MeaninglessFolderOrFile_IsReported(string path) => Assert.Single(FolderViolations(new SourceFile(path, "")));

    private static IEnumerable<string> NamespaceViolations(SourceFile file)
    {
        // A sample is a program of one file, which has no namespace.
        string[] parts = file.Path.Split('/');
        bool isSample = file.Path.StartsWith("docs/samples/", StringComparison.Ordinal);
        if (parts.Length < (isSample ? 4 : 3))
        {
            yield break;
        }

        string expected = string.Join('.', parts[(isSample ? 2 : 1)..^1]);
        Match match = Regex.Match(file.Code, @"^namespace\s+([\w.]+)\s*(;?)", RegexOptions.Multiline);
        if (!match.Success && PublicOrOtherType(file.Code))
        {
            yield return $"{file.Path}: declares a type outside any namespace, needs 'namespace {expected};'. Add it.";
        }
        else if (match.Success && (match.Groups[1].Value != expected || match.Groups[2].Length == 0))
        {
            yield return $"{file.At(match.Index)}: '{match.Value}' does not fit the folder, needs 'namespace {expected};'. Move the file or rename.";
        }
    }

    private static bool PublicOrOtherType(string code) =>
        Regex.IsMatch(code, @"^\s*(?:(?:public|internal|file|static|sealed|abstract|partial|readonly|ref)\s+)*(?:class|struct|interface|enum|record)\s+\w", RegexOptions.Multiline);

    private static IEnumerable<string> TypeViolations(SourceFile file)
    {
        string topLevel = TopLevel(file.Code);
        string[] names = Regex.Matches(
                topLevel,
                @"\bpublic\s+(?:(?:static|sealed|abstract|partial|readonly|ref|unsafe|new)\s+)*"
                + @"(?:(?:class|struct|interface|enum|record(?:\s+(?:class|struct))?)\s+(?<name>\w+)|delegate\s+[^;(]*?(?<name>\w+)\s*(?:<[^>]*>)?\s*\()")
            .Select(match => match.Groups["name"].Value)
            .Distinct()
            .ToArray();
        string fileName = Path.GetFileName(file.Path).Split('.')[0];
        if (names.Length > 1)
        {
            yield return $"{file.Path}: {names.Length} public types ({string.Join(", ", names)}), needs one. Give each its own file.";
        }
        else if (names.Length == 1 && names[0] != fileName)
        {
            yield return $"{file.Path}: holds the public type {names[0]}, needs {fileName}. Rename the file to {names[0]}.cs.";
        }
    }

    /// <summary>Blanks everything inside braces, so that only what stands at the top level is left.</summary>
    private static string TopLevel(string code)
    {
        char[] result = code.ToCharArray();
        int depth = 0;
        for (int i = 0; i < result.Length; i++)
        {
            depth -= code[i] == '}' ? 1 : 0;
            if (depth > 0)
            {
                result[i] = ' ';
            }

            depth += code[i] == '{' ? 1 : 0;
        }

        return new string(result);
    }

    private static IEnumerable<string> LengthViolations(SourceFile file)
    {
        int lines = file.Text.AsSpan().Count('\n');
        if (lines > MaximumLines && !SaysWhyLong(file))
        {
            yield return $"{file.Path}: {lines} lines, needs at most {MaximumLines}. Split it, or write '// Long because: …'.";
        }
    }

    private static bool SaysWhyLong(SourceFile file) =>
        file.Path.EndsWith(".g.cs", StringComparison.Ordinal)
        || Regex.IsMatch(file.Text, @"^ *// Long because: \S", RegexOptions.Multiline);

    private static IEnumerable<string> MethodLengthViolations(SourceFile file)
    {
        // Members of a top-level type are indented by one step; deeper blocks belong to them, or to a nested type's own members.
        foreach (Match match in Regex.Matches(
            file.Code, @"^(?<indent>(?: {4}){1,3})(?:public|internal|private|protected)\b[^;{=]*\([^;{]*\n\k<indent>\{\n(?<body>.*?)^\k<indent>\}", RegexOptions.Multiline | RegexOptions.Singleline))
        {
            int lines = match.Groups["body"].ValueSpan.Count('\n');
            if (lines >= MaximumMethodLines && !SaysWhyLong(file))
            {
                yield return $"{file.At(match.Index)}: a method of {lines} lines, needs fewer than {MaximumMethodLines}. "
                    + "Split it, or write '// Long because: …'.";
            }
        }
    }

    private static IEnumerable<string> FolderViolations(SourceFile file)
    {
        string[] parts = file.Path.Split('/');
        string name = parts[^1].Split('.')[0];
        if (parts[..^1].Any(part => s_meaninglessFolders.Contains(part))
            || (file.Path.EndsWith(".cs", StringComparison.Ordinal)
                && s_meaninglessFolders.Any(word => name.EndsWith(word, StringComparison.Ordinal))))
        {
            yield return $"{file.Path}: the name says nothing about the content. Name it for what it holds.";
        }
    }
}
