using GpuRnn.Evaluation;

namespace GpuRnn.Tests.Evaluation;

public sealed class BleuTests
{
    [Fact]
    public void Precision_CountsEachWordAtMostAsOftenAsAReference()
    {
        // Papineni et al. 2002, example 2: 2/7 of the unigrams.
        Bleu bleu = new(1);
        bleu.Add(Words("the the the the the the the"), Words("the cat is on the mat"), Words("there is a cat on the mat"));
        Assert.Equal(2.0 / 7.0, bleu.Precision(1), 1e-12);
    }

    [Fact]
    public void Precision_OfThePapersExample_IsThePapers()
    {
        // Papineni et al. 2002, example 1: candidate 1 has 17 of 18 unigrams and 10 of 17 bigrams, candidate 2 has 8 of 14 and 1 of 13.
        string[][] references =
        [
            Words("it is a guide to action that ensures that the military will forever heed party commands"),
            Words("it is the guiding principle which guarantees the military forces always being under the command of the party"),
            Words("it is the practical guide for the army always to heed the directions of the party"),
        ];
        Bleu first = new(2);
        first.Add(Words("it is a guide to action which ensures that the military always obeys the commands of the party"), references);
        Bleu second = new(2);
        second.Add(Words("it is to insure the troops forever hearing the activity guidebook that party direct"), references);

        Assert.Equal(17.0 / 18.0, first.Precision(1), 1e-12);
        Assert.Equal(10.0 / 17.0, first.Precision(2), 1e-12);
        Assert.Equal(8.0 / 14.0, second.Precision(1), 1e-12);
        Assert.Equal(1.0 / 13.0, second.Precision(2), 1e-12);
    }

    [Fact]
    public void Score_OfACorpus_AddsCountsAndLengthsBeforeItDivides()
    {
        Bleu bleu = new(2);
        bleu.Add(Words("a b c"), Words("a b c d"));
        bleu.Add(Words("x y"), Words("x z y"));

        // 5 of 5 unigrams, 2 of 3 bigrams; 5 tokens for 7.
        Assert.Equal(100.0 * Math.Exp(1.0 - (7.0 / 5.0)) * Math.Sqrt(2.0 / 3.0), bleu.Score, 1e-9);
        Assert.Equal(Math.Exp(1.0 - (7.0 / 5.0)), bleu.BrevityPenalty, 1e-12);
    }

    [Fact]
    public void Score_OfTheReferencesThemselves_Is100_AndWithoutACommonGram0()
    {
        Bleu same = new();
        same.Add(Words("a b c d e"), Words("a b c d e"));
        Bleu other = new();
        other.Add(Words("a b c x e"), Words("a b c d e"));
        Assert.Equal(100.0, same.Score, 1e-9);
        Assert.Equal(0.0, other.Score);
        Assert.Equal(0.0, new Bleu().Score);
    }

    [Fact]
    public void ReferenceLength_IsThatOfTheNearestReference_AndOfTwoAsNearTheShorter()
    {
        Bleu bleu = new(1);
        bleu.Add(Words("a b c"), Words("a b c d"), Words("a b"), Words("a b c d e f"));
        Assert.Equal(2, bleu.ReferenceLength);
        bleu.Add(Words("a b c d e"), Words("a b"), Words("a b c d e f"));
        Assert.Equal(2 + 6, bleu.ReferenceLength);
    }

    [Fact]
    public void BadArguments_AreRefused()
    {
        Assert.Contains("maximumOrder is 0", Assert.Throws<ArgumentOutOfRangeException>(() => new Bleu(0)).Message);
        Assert.Contains("no reference", Assert.Throws<ArgumentException>(() => new Bleu().Add(["a"])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Bleu(2).Precision(3));
    }

    private static string[] Words(string text)
    {
        return text.Split(' ');
    }
}
