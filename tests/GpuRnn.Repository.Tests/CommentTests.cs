using System.Text.RegularExpressions;

namespace GpuRnn.Repository.Tests;

/// <summary>Comments, doc comments and suppressions.</summary>
public sealed class CommentTests
{
    [Fact]
    public void DocTags_AreNeverEmpty() => RepositoryFiles.AssertNone(RepositoryFiles.CSharp.SelectMany(EmptyTagViolations));

    [Theory]
    [InlineData("/// <summary></summary>")]
    [InlineData("/// <param name=\"x\"> </param>")]
    [InlineData("/// <summary>\n    /// </summary>")]
    [InlineData("/// <returns/>")]
    public void EmptyDocTag_IsReported(string text) => Assert.Single(EmptyTagViolations(new SourceFile("src/A.cs", text)));

    [Theory]
    [InlineData("/// <summary>Runs it.</summary>")]
    [InlineData("/// <inheritdoc/>")]
    [InlineData("/// <summary>\n/// <see cref=\"A\"/>\n/// </summary>")]
    public void FilledDocTag_IsAllowed(string text) => Assert.Empty(EmptyTagViolations(new SourceFile("src/A.cs", text)));

    [Fact]
    public void Code_HasNoRegions() => RepositoryFiles.AssertNone(RepositoryFiles.CSharp.SelectMany(RegionViolations));

    [Fact]
    public void Region_IsReported() => Assert.Single(RegionViolations(new SourceFile("src/A.cs", "class A\n{\n    #region Fields\n    #endregion\n}")));

    [Fact]
    public void ToDos_HaveANumber() => RepositoryFiles.AssertNone(RepositoryFiles.CSharp.SelectMany(ToDoViolations));

    [Theory]
    [InlineData("// TODO: later")]
    [InlineData("/* FIXME(me): later */")]
    [InlineData("/// HACK until then")]
    [InlineData("throw new NotImplementedException();")]
    public void ToDoWithoutNumber_IsReported(string text) => Assert.Single(ToDoViolations(new SourceFile("src/A.cs", text)));

    [Fact]
    public void ToDoWithNumber_IsAllowed() => Assert.Empty(ToDoViolations(new SourceFile("src/A.cs", "// TODO(#41): widen to fp64.")));

    [Fact]
    public void Suppressions_SayWhyOnTheSameLine() => RepositoryFiles.AssertNone(
        RepositoryFiles.CSharp.SelectMany(PragmaViolations).Concat(RepositoryFiles.BuildFiles.SelectMany(BuildSuppressionViolations)));

    [Theory]
    [InlineData("#pragma warning disable CS0618")]
    [InlineData("  #pragma warning disable CS0618 //")]
    [InlineData("[SuppressMessage(\"Design\", \"CA1000\")]\nclass A;")]
    public void SuppressionWithoutReason_IsReported(string text) => Assert.Single(PragmaViolations(new SourceFile("src/A.cs", text)));

    [Theory]
    [InlineData("src/A.csproj", "<NoWarn>CS1591</NoWarn>")]
    [InlineData("src/A.csproj", "<TreatWarningsAsErrors>false</TreatWarningsAsErrors>")]
    [InlineData(".editorconfig", "[*.cs]\ndotnet_diagnostic.CA1822.severity = none")]
    public void BuildSuppressionWithoutReason_IsReported(string path, string text) =>
        Assert.Single(BuildSuppressionViolations(new SourceFile(path, text)));

    [Fact]
    public void SuppressionWithReason_IsAllowed()
    {
        Assert.Empty(PragmaViolations(new SourceFile("src/A.cs", "#pragma warning disable CS0618 // the old name stays readable")));
        Assert.Empty(BuildSuppressionViolations(new SourceFile("A.props", "<NoWarn>CS1591</NoWarn><!-- tests are sentences -->")));
        Assert.Empty(BuildSuppressionViolations(
            new SourceFile(".editorconfig", "# vectors need it\ndotnet_diagnostic.CA1822.severity = none")));
    }

    private static IEnumerable<string> EmptyTagViolations(SourceFile file)
    {
        // Doc comments alone, joined so that a tag may span lines; positions stay those of the file.
        string docs = Regex.Replace(file.CodeAndComments, @"^(?!\s*///).*$", line => new string(' ', line.Length), RegexOptions.Multiline)
            .Replace("///", "   ", StringComparison.Ordinal);
        const string Tags = "summary|param|typeparam|returns|remarks|value|exception|example";
        foreach (Match match in Regex.Matches(docs, $@"<({Tags})\b[^>]*?(?:/>|(?<!/)>\s*</\1>)"))
        {
            yield return $"{file.At(match.Index)}: the doc tag {match.Groups[1].Value} is empty. Say what the name does not, or remove it.";
        }
    }

    private static IEnumerable<string> RegionViolations(SourceFile file) =>
        Regex.Matches(file.Code, @"^\s*#region", RegexOptions.Multiline)
            .Select(match => $"{file.At(match.Index + match.Length)}: a region. Remove it; split the file if it needs headings.");

    private static IEnumerable<string> ToDoViolations(SourceFile file) =>
        Regex.Matches(file.CodeAndComments, @"\b(?:TODO|FIXME|HACK|NotImplementedException)\b(?!\(#\d+\))")
            .Select(match => $"{file.At(match.Index)}: '{match.Value}' without a number. Write TODO(#41), or finish it.");

    private static IEnumerable<string> PragmaViolations(SourceFile file)
    {
        foreach (Match match in Regex.Matches(file.CodeAndComments, @"^[ \t]*#pragma\s+warning\s+disable\b[^\n]*$", RegexOptions.Multiline))
        {
            if (!Regex.IsMatch(match.Value, @"//\s*\S"))
            {
                yield return $"{file.At(match.Index)}: '{match.Value.Trim()}' gives no reason. Add '// why' on the same line.";
            }
        }

        foreach (Match match in Regex.Matches(file.Code, @"\[(?:\w+:\s*)?(?:Unconditional)?SuppressMessage\b[^\]]*\]"))
        {
            if (!match.Value.Contains("Justification", StringComparison.Ordinal))
            {
                yield return $"{file.At(match.Index)}: SuppressMessage has no Justification. Say why.";
            }
        }
    }

    private static IEnumerable<string> BuildSuppressionViolations(SourceFile file)
    {
        string[] lines = file.Text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            bool silences = Regex.IsMatch(line, "<NoWarn>|NoWarn=\"|<TreatWarningsAsErrors>false|<WarningsNotAsErrors>|severity\\s*=\\s*(none|silent)$")
                && !line.StartsWith('#');
            bool explained = Regex.IsMatch(line, @"<!--\s*\S")
                || (file.Path.EndsWith(".editorconfig", StringComparison.Ordinal) && i > 0 && lines[i - 1].TrimStart().StartsWith('#'));
            if (silences && !explained)
            {
                yield return $"{file.Path}:{i + 1}: '{line}' gives no reason. Add a comment on the same line (.editorconfig: the line above).";
            }
        }
    }
}
