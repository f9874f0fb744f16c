using GpuRnn.Testing;
using Xunit.Sdk;

namespace GpuRnn.Compiler.Tests;

/// <summary>What a golden test shows when a text is another than the kept one.</summary>
public sealed class LineDifferenceTests
{
    [Fact]
    public void EqualTexts_HaveNone() => Assert.Empty(LineDifference.Between(["a", "b"], ["a", "b"]));

    [Fact]
    public void ChangesFarApart_AreHunksWithThreeLinesAround()
    {
        string[] kept = [.. Enumerable.Range(1, 30).Select(i => $"line {i}")];
        List<string> got = [.. kept];
        got[19] = "changed";
        got.RemoveAt(4);
        got.Insert(0, "new");

        Assert.Equal(
            """
            @@ -1,8 +1,8 @@
            +new
             line 1
             line 2
             line 3
             line 4
            -line 5
             line 6
             line 7
             line 8
            @@ -17,7 +17,7 @@
             line 17
             line 18
             line 19
            -line 20
            +changed
             line 21
             line 22
             line 23

            """,
            LineDifference.Between(kept, got));
    }

    [Fact]
    public void InsertedLine_IsNoChangeOfAllBehindIt() =>
        Assert.Equal("@@ -1,2 +1,3 @@\n a\n+x\n b\n", LineDifference.Between(["a", "b"], ["a", "x", "b"]));

    [Fact]
    public void ManyChanges_AreCut() =>
        Assert.EndsWith("(more lines differ)\n", LineDifference.Between([.. Enumerable.Repeat("a", 100)], [.. Enumerable.Repeat("b", 100)]), StringComparison.Ordinal);

    [Fact]
    public void GoldenText_AnotherText_ShowsTheDifferenceAndTheRemedy()
    {
        const string Path = "tests/GpuRnn.Compiler.Tests/Golden/pass-folding.ir";
        string kept = File.ReadAllText($"{RepositoryFolder.Root}/{Path}").ReplaceLineEndings("\n");
        string first = kept.Split('\n')[0];

        XunitException failure = Assert.ThrowsAny<XunitException>(() => GoldenText.Verify(Path, $"other\n{kept[(first.Length + 1)..]}"));

        Assert.StartsWith(
            $"GoldenText.Verify: {Path} is kept (-), another text arrived (+). If the change is meant, run the test with GPURNN_UPDATE_GOLDEN=1 and review "
            + $"the difference.\n@@ -1,4 +1,4 @@\n-{first}\n+other\n", failure.Message, StringComparison.Ordinal);
    }
}
