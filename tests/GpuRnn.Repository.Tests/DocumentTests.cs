using System.Text.RegularExpressions;

namespace GpuRnn.Repository.Tests;

/// <summary>Lists in docs/ against the code, in both directions.</summary>
public sealed class DocumentTests
{
    private const string Environment = "docs/environment.md";
    private const string Errors = "docs/errors.md";
    private const string Architecture = "docs/architecture.md";

    /// <summary>Prescribes, also for what is not built yet.</summary>
    private const string StylePage = "docs/style.md";

    [Fact]
    public void EnvironmentPage_ListsExactlyWhatTheCodeReads()
    {
        // This project's samples are not code that reads a variable.
        IEnumerable<SourceFile> code = RepositoryFiles.CSharp.Where(file => !file.Path.StartsWith("tests/GpuRnn.Repository.Tests/", StringComparison.Ordinal));
        IEnumerable<SourceFile> scripts = RepositoryFiles.All.Where(file => Path.GetExtension(file.Path) is ".sh" or ".py");
        RepositoryFiles.AssertNone(EnvironmentViolations(
            RepositoryFiles.Read(Environment),
            code.Select(file => file.Literals).Concat(scripts.Select(file => file.Text)),
            RepositoryFiles.Pages.Where(page => page.Path != StylePage)));
    }

    [Fact]
    public void EnvironmentVariable_UnlistedUnreadOrUnknown_IsReported()
    {
        SourceFile page = new(Environment, "| `GPURNN_ALPHA` | a |\n| `GPURNN_BETA` | b |\n");
        Assert.Empty(EnvironmentViolations(page, ["GPURNN_ALPHA GPURNN_BETA"], [page]));
        Assert.Single(EnvironmentViolations(page, ["GPURNN_ALPHA"], [page]));
        Assert.Single(EnvironmentViolations(page, ["GPURNN_ALPHA GPURNN_BETA GPURNN_GAMMA"], [page]));
        Assert.Single(EnvironmentViolations(page, ["GPURNN_ALPHA GPURNN_BETA"], [page, new SourceFile("README.md", "Set GPURNN_DELTA=1")]));
    }

    [Fact]
    public void ErrorsPage_HasAParagraphForEveryDiagnostic() => RepositoryFiles.AssertNone(
        ErrorViolations(RepositoryFiles.Read(Errors), RepositoryFiles.Product.Select(file => file.Literals)));

    [Fact]
    public void Diagnostic_UnlistedUnusedOrWithoutParagraph_IsReported()
    {
        SourceFile page = new(Errors, "### GK0001 Name\n\nWhat happened.\n\n### GK0002 Name\n\nWhat happened.\n");
        Assert.Empty(ErrorViolations(page, ["GK0001", "GK0002"]));
        Assert.Single(ErrorViolations(page, ["GK0001"]));
        Assert.Single(ErrorViolations(page, ["GK0001 GK0002 GK0003"]));
        Assert.Single(ErrorViolations(new SourceFile(Errors, "### GK0001 Name\n\n### GK0002 Name\n\nText.\n"), ["GK0001 GK0002"]));
    }

    [Fact]
    public void ErrorsPage_NamesEveryPublicExceptionType() =>
        RepositoryFiles.AssertNone(ExceptionViolations(RepositoryFiles.Read(Errors), RepositoryFiles.Product));

    [Fact]
    public void PublicException_WithoutARow_IsReported()
    {
        SourceFile page = new(Errors, "| `AException` | when | do |\n| `OldException` | when | do |\n| `ArgumentException` | when | do |\n");
        Assert.Equal(3, ExceptionViolations(page, [new("src/A.cs", "public sealed class BException : AException { }")]).Count());
        Assert.Empty(ExceptionViolations(page, [new("src/A.cs", "public class AException { }"), new("src/B.cs", "public class OldException { }")]));
        Assert.Equal(2, ExceptionViolations(page, [new("src/A.cs", "internal sealed class BException { }")]).Count());
    }

    [Fact]
    public void RelativeLinks_LeadSomewhere() => RepositoryFiles.AssertNone(RepositoryFiles.Pages.SelectMany(page => LinkViolations(
        page, target => File.Exists(Path.Combine(RepositoryFiles.Root, target)) || Directory.Exists(Path.Combine(RepositoryFiles.Root, target)))));

    [Fact]
    public void BrokenLink_IsReported()
    {
        SourceFile page = new("docs/guides/a.md", "[one](../b.md#part) [two](https://example.org) [three](#here)");
        Assert.Equal("docs/b.md", Assert.Single(LinkTargets(page)).Target);
        Assert.Single(LinkViolations(page, _ => false));
    }

    [Theory]
    [InlineData("docs/decisions/README.md", "docs/decisions")]
    [InlineData("bench/README.md", "bench/results")]
    [InlineData("docs/samples/README.md", "docs/samples")]
    public void Indexes_NameEveryDecisionAndEveryResult(string index, string folder) => RepositoryFiles.AssertNone(IndexViolations(
        RepositoryFiles.Read(index),
        Directory.GetFileSystemEntries(Path.Combine(RepositoryFiles.Root, folder)).Select(entry => $"{folder}/{Path.GetFileName(entry)}")));

    [Fact]
    public void EntryThatItsIndexDoesNotName_IsReported()
    {
        SourceFile index = new("docs/decisions/README.md", "[one](0001-one.md)");
        Assert.Single(IndexViolations(index, ["docs/decisions/0001-one.md", "docs/decisions/0002-two.md", "docs/decisions/README.md"]));
    }

    [Fact]
    public void Invariants_NameTestsThatExist()
    {
        SourceFile page = RepositoryFiles.Read(Architecture);
        Assert.Contains("`FolderArrowTests.", page.Text, StringComparison.Ordinal);
        RepositoryFiles.AssertNone(InvariantViolations(page, RepositoryFiles.CSharp));
    }

    [Fact]
    public void InvariantOfAMissingTest_IsReported()
    {
        SourceFile page = new(Architecture, "| always | `ATests.One_Does_That`, `ATests.Two_Does_This` |\n| always | `BTests.One_Does_That` |\n");
        SourceFile test = new("tests/X/ATests.cs", "public void One_Does_That() { }\n// Two_Does_This\n");
        Assert.Equal(2, InvariantViolations(page, [test]).Count());
    }

    private static IEnumerable<string> IndexViolations(SourceFile index, IEnumerable<string> entries) => entries
        .Except(LinkTargets(index).Select(link => link.Target).Append(index.Path))
        .Select(entry => $"{entry}: {index.Path} does not link it. Add a line that says what it is.");

    private static IEnumerable<string> InvariantViolations(SourceFile page, IEnumerable<SourceFile> code)
    {
        Dictionary<string, SourceFile> tests = code
            .Where(file => file.Path.EndsWith("Tests.cs", StringComparison.Ordinal))
            .GroupBy(file => Path.GetFileNameWithoutExtension(file.Path))
            .ToDictionary(group => group.Key, group => group.First());
        foreach (Match match in Regex.Matches(page.Text, @"`(\w+Tests)\.(\w+)`"))
        {
            bool exists = tests.TryGetValue(match.Groups[1].Value, out SourceFile? file)
                && Regex.IsMatch(file.Code, $@"\b(?:void|Task)\s+{match.Groups[2].Value}\s*\(");
            if (!exists)
            {
                yield return $"{page.At(match.Index)}: {match.Value} is no test. Name the one that guards this, or write it.";
            }
        }
    }

    private static IEnumerable<string> EnvironmentViolations(SourceFile page, IEnumerable<string> code, IEnumerable<SourceFile> pages)
    {
        HashSet<string> listed = Regex.Matches(page.Text, @"^\|\s*`(GPURNN_[A-Z0-9_]+)`", RegexOptions.Multiline)
            .Select(match => match.Groups[1].Value)
            .ToHashSet();
        HashSet<string> used = code.SelectMany(text => Variables(text)).ToHashSet();
        HashSet<string> mentioned = pages.SelectMany(file => Variables(file.Text)).Where(name => !listed.Contains(name)).ToHashSet();
        return used.Except(listed).Select(name => $"{name}: the code uses it, but {Environment} has no row. Add one.")
            .Concat(listed.Except(used).Select(name => $"{name}: {Environment} lists it, but no code reads it. Remove the row."))
            .Concat(mentioned.Except(used).Select(name => $"{name}: a page mentions it, but {Environment} has no row."));
    }

    private static IEnumerable<string> Variables(string text) => Regex.Matches(text, @"GPURNN_[A-Z0-9]+(?:_[A-Z0-9]+)*").Select(match => match.Value);

    private static IEnumerable<string> ErrorViolations(SourceFile page, IEnumerable<string> code)
    {
        MatchCollection sections = Regex.Matches(page.Text, @"^### (GK\d{4})[^\n]*\n(?<body>(?:(?!#)[^\n]*\n?)*)", RegexOptions.Multiline);
        HashSet<string> listed = sections.Select(match => match.Groups[1].Value).ToHashSet();
        HashSet<string> used = code.SelectMany(text => Regex.Matches(text, @"\bGK\d{4}\b")).Select(match => match.Value).ToHashSet();
        return used.Except(listed).Select(id => $"{id}: the code reports it, but {Errors} has no paragraph. Add '### {id} …'.")
            .Concat(listed.Except(used).Select(id => $"{id}: {Errors} explains it, but no code reports it. Remove the paragraph."))
            .Concat(sections
                .Where(match => string.IsNullOrWhiteSpace(match.Groups["body"].Value))
                .Select(match => $"{match.Groups[1].Value}: {Errors} has a heading without a paragraph. Explain it."));
    }

    private static IEnumerable<string> ExceptionViolations(SourceFile page, IEnumerable<SourceFile> code)
    {
        HashSet<string> listed = Regex.Matches(page.Text, @"^\|\s*`(\w+Exception)`", RegexOptions.Multiline)
            .Select(match => match.Groups[1].Value)
            .Where(name => typeof(object).Assembly.GetType($"System.{name}") is null)
            .ToHashSet();
        HashSet<string> thrown = code
            .SelectMany(file => Regex.Matches(file.Code, @"\bpublic\s+(?:sealed\s+|abstract\s+)?class\s+(\w+Exception)\b"))
            .Select(match => match.Groups[1].Value)
            .ToHashSet();
        return thrown.Except(listed).Select(name => $"{name}: {Errors} has no row. Add one: when it is thrown and what to do.")
            .Concat(listed.Except(thrown).Select(name => $"{name}: {Errors} has a row, but no code declares it. Remove the row."));
    }

    private static IEnumerable<(int Position, string Target)> LinkTargets(SourceFile page)
    {
        string folder = Path.GetDirectoryName(page.Path) ?? "";
        foreach (Match match in Regex.Matches(page.Text, @"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)"))
        {
            string full = Path.GetFullPath(Path.Combine("/", folder, match.Groups[1].Value));
            yield return (match.Index, full.TrimStart('/'));
        }
    }

    private static IEnumerable<string> LinkViolations(SourceFile page, Func<string, bool> exists) => LinkTargets(page)
        .Where(link => !exists(link.Target))
        .Select(link => $"{page.At(link.Position)}: links to {link.Target}, which does not exist.");
}
