using GpuRnn.Cli.Configuration;

namespace GpuRnn.Cli.Tests.Configuration;

public sealed class NameSuggestionTests
{
    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("window", "windw", 1)]
    [InlineData("same", "same", 0)]
    public void Distance_KnownPairs_CountsEdits(string first, string second, int expected)
    {
        Assert.Equal(expected, NameSuggestion.Distance(first, second));
    }

    [Fact]
    public void Nearest_OneLetterOff_FindsTheName()
    {
        Assert.Equal("hidden", NameSuggestion.Nearest("hiden", ["window", "hidden", "horizon"]));
    }

    [Fact]
    public void Nearest_AnotherWord_FindsNothing()
    {
        Assert.Null(NameSuggestion.Nearest("banana", ["window", "hidden", "horizon"]));
    }
}
