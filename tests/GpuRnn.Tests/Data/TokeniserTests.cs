using GpuRnn.Data;

namespace GpuRnn.Tests.Data;

public sealed class TokeniserTests
{
    [Theory]
    [InlineData("Don't stop: it's 3.14, or 1,000!", "don't|stop|:|it's|3.14|,|or|1,000|!")]
    [InlineData("well-known -- 'quoted' dogs'", "well-known|-|-|'|quoted|'|dogs|'")]
    [InlineData("a.b 3.x x.3 …", "a|.|b|3|.|x|x|.|3|…")]
    [InlineData("  ÄRGER\tnaïve\n", "ärger|naïve")]
    [InlineData("e\u0301t 😀!", "e\u0301t|😀|!")]
    [InlineData("", "")]
    public void Words_FollowTheWrittenRules(string text, string expected)
    {
        Assert.Equal(expected, string.Join('|', new WordTokeniser().Split(text)));
    }

    [Fact]
    public void Words_KeepCapitals_WhereAsked()
    {
        Assert.Equal(["New", "York"], new WordTokeniser(keepsCase: true).Split("New York"));
    }

    [Fact]
    public void Characters_GiveTheTextBack()
    {
        CharacterTokeniser tokeniser = new();
        string text = "a\r\nÿĀ😀 e\u0301";

        Assert.Equal(["a", "\r", "\n", "ÿ", "Ā", "😀", " ", "e", "\u0301"], tokeniser.Split(text));
        Assert.Equal(text, tokeniser.Join(tokeniser.Split(text)));
    }

    [Fact]
    public void Encoder_GoesThereAndBack_WithoutSpecialSymbols()
    {
        TextEncoder encoder = new(new SpaceTokeniser(), new Vocabulary(["play", "a", "song"]));

        Assert.Equal([4, 5, 1, 6], encoder.Encode(" play a  loud song"));
        Assert.Equal("play a song", encoder.Decode([2, 4, 5, 6, 3, 0]));
    }
}
