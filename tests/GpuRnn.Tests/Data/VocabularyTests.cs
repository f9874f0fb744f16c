using GpuRnn.Data;
using GpuRnn.Tests.Weights;

namespace GpuRnn.Tests.Data;

public sealed class VocabularyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
    }

    [Fact]
    public void FromCorpus_OrdersByCountThenByName_BehindTheSpecialSymbols()
    {
        Vocabulary vocabulary = Vocabulary.FromCorpus(["b", "c", "z", "c", "b", "c", "a"], new VocabularyOptions { MinimumCount = 1 });

        Assert.Equal(["<pad>", "<unk>", "<s>", "</s>", "c", "b", "a", "z"], vocabulary.Symbols);
        Assert.Equal((0, 1, 2, 3), (vocabulary.Padding, vocabulary.Unknown, vocabulary.Start, vocabulary.End));
        Assert.Equal([4, 1, 6], vocabulary.Encode(["c", "nothing", "a"]));
        Assert.Equal(["c", "<unk>"], vocabulary.Decode([4, 1]));
    }

    [Fact]
    public void FromCorpus_LeavesOutRareSymbols()
    {
        string[] corpus = ["a", "a", "a", "b", "b", "c"];

        Assert.Equal(
            ["<pad>", "<unk>", "a", "b"],
            Vocabulary.FromCorpus(corpus, new VocabularyOptions { MinimumCount = 2, Specials = SpecialSymbols.PaddingAndUnknown }).Symbols);
        Assert.Equal(
            ["a", "b"], Vocabulary.FromCorpus(corpus, new VocabularyOptions { MaximumSize = 2, Specials = SpecialSymbols.None }).Symbols);
        Assert.Equal(
            ["<pad>", "<unk>", "a"],
            Vocabulary.FromCorpus(corpus, new VocabularyOptions { MaximumSize = 3, Specials = SpecialSymbols.PaddingAndUnknown }).Symbols);
    }

    [Fact]
    public void Save_AnySymbol_LoadsTheSame()
    {
        string path = _folder.FilePath("v.txt");
        Vocabulary vocabulary = new(["\n", "\t", "\\", "\r", "\\n", "é", " ", "="], new SpecialSymbols { Start = null, Padding = "a=b\t" });

        vocabulary.Save(path);
        Vocabulary loaded = Vocabulary.Load(path);

        Assert.Equal(vocabulary.Symbols, loaded.Symbols);
        Assert.Equal(vocabulary.Specials, loaded.Specials);
        Assert.Equal(["v.txt"], _folder.FileNames());
    }

    [Theory]
    [InlineData("a\nb\n", "line 1: the file begins with 'a', but a vocabulary begins with 'gpurnn-vocabulary-1'")]
    [InlineData("gpurnn-vocabulary-1\tfoo=x\n", "line 1: 'foo=x' arrived")]
    [InlineData("gpurnn-vocabulary-1\na\n\\x\n", "line 3: '\\x' has a backslash before")]
    [InlineData("gpurnn-vocabulary-1\na\na\n", "'a' is symbol 0 and symbol 1")]
    public void Load_OfSomethingElse_NamesTheLine(string text, string expected)
    {
        string path = _folder.FilePath("v.txt");
        File.WriteAllText(path, text);

        Assert.Contains(expected, Assert.Throws<DataFileException>(() => Vocabulary.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_InThePlaceOfAFolder_LeavesNothingBehind()
    {
        string path = _folder.FilePath("taken");
        Directory.CreateDirectory(path);

        Assert.Throws<DataFileException>(() => new Vocabulary(["a"]).Save(path));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(path)!, "*.tmp"));
    }

    [Fact]
    public void Save_IntoAMissingFolder_NamesThePath()
    {
        string path = Path.Combine(_folder.FilePath("none"), "v.txt");

        Assert.StartsWith($"{path}: ", Assert.Throws<DataFileException>(() => new Vocabulary(["a"]).Save(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Requests_ThatCannotBeMet_AreRefused()
    {
        Vocabulary vocabulary = new(["a"], SpecialSymbols.None);

        Assert.Contains("'b\\n' is none of the 1 symbols", Assert.Throws<ArgumentException>(() => vocabulary.NumberOf("b\n")).Message);
        Assert.Contains("numbers are 0 to 0", Assert.Throws<ArgumentOutOfRangeException>(() => vocabulary[1]).Message);
        Assert.Contains("'a' is symbol 0 and symbol 1", Assert.Throws<ArgumentException>(() => new Vocabulary(["a", "a"], SpecialSymbols.None)).Message);
        Assert.Contains("symbol 4 is empty", Assert.Throws<ArgumentException>(() => new Vocabulary([""])).Message);
        Assert.Contains(
            "MinimumCount is 0", Assert.Throws<ArgumentOutOfRangeException>(() => Vocabulary.FromCorpus([], new VocabularyOptions { MinimumCount = 0 })).Message);
        Assert.Contains(
            "MaximumSize is 4", Assert.Throws<ArgumentOutOfRangeException>(() => Vocabulary.FromCorpus([], new VocabularyOptions { MaximumSize = 4 })).Message);
    }
}
