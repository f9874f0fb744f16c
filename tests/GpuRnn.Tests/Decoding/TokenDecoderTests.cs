using GpuRnn.Decoding;
using GpuRnn.Tensors;

namespace GpuRnn.Tests.Decoding;

public sealed class TokenDecoderTests
{
    private static readonly DecodingOptions s_options = new() { StartToken = 1, EndToken = 0, MaximumLength = 12 };

    [Fact]
    public void Greedy_OfRowsThatEndEarly_GivesEachWhatItGivesAlone_AndGoesOnWithoutThem()
    {
        PrefixModel model = new(3, 4, rowCount: 16);
        DecodedSequence[] together = TokenDecoder.Greedy(model, s_options);

        Assert.True(model.RowCounts[^1] < 16, "no row was dropped");
        Assert.True(together.Select(row => row.Tokens.Count).Distinct().Count() > 2, "all rows are of one length");
        for (int row = 0; row < together.Length; row++)
        {
            PrefixModel alone = new(3, 4, rowCount: 16);
            alone.Select([row]);
            DecodedSequence expected = TokenDecoder.Greedy(alone, s_options)[0];
            Assert.Equal(expected.Tokens, together[row].Tokens);
            Assert.Equal(expected.IsFinished, together[row].IsFinished);
            Assert.Equal(expected.LogProbability, together[row].LogProbability);
        }
    }

    [Fact]
    public void Sample_OfTheSameSeed_GivesTheSameRows_AndOfAnotherSeedOthers()
    {
        SamplingOptions sampling = new() { Temperature = 0.9 };
        string Rows(ulong seed) => string.Join('|', TokenDecoder.Sample(new PrefixModel(3, 4, 8), s_options, sampling, new RandomSource(seed)).Select(row => string.Join(' ', row.Tokens)));

        Assert.Equal(Rows(5), Rows(5));
        Assert.NotEqual(Rows(5), Rows(6));
    }

    [Fact]
    public void Sample_OfOneToken_IsGreedy()
    {
        DecodedSequence[] greedy = TokenDecoder.Greedy(new PrefixModel(3, 4, 8), s_options);
        DecodedSequence[] drawn = TokenDecoder.Sample(new PrefixModel(3, 4, 8), s_options, new SamplingOptions { TopK = 1 }, new RandomSource(1));
        Assert.Equal(greedy.Select(row => string.Join(' ', row.Tokens)), drawn.Select(row => string.Join(' ', row.Tokens)));
    }

    [Fact]
    public void Draw_FromNoNumbers_IsRefused()
    {
        TokenSampler sampler = new(new SamplingOptions());
        Assert.Contains("no logit arrived", Assert.Throws<ArgumentException>(() => sampler.Draw([], new RandomSource(1))).Message);
        Assert.Contains("no finite sum", Assert.Throws<ArgumentException>(() => sampler.Draw([1.0f, float.NaN], new RandomSource(1))).Message);
    }

    [Theory]
    [InlineData(1.0, 0, 1.0, new[] { 0.1, 0.2, 0.3, 0.4 })]
    [InlineData(0.5, 0, 1.0, new[] { 0.01 / 0.3, 0.04 / 0.3, 0.09 / 0.3, 0.16 / 0.3 })]
    [InlineData(1.0, 2, 1.0, new[] { 0.0, 0.0, 3.0 / 7.0, 4.0 / 7.0 })]
    [InlineData(1.0, 0, 0.65, new[] { 0.0, 0.0, 3.0 / 7.0, 4.0 / 7.0 })]
    [InlineData(1.0, 3, 0.4, new[] { 0.0, 0.0, 0.0, 1.0 })]
    [InlineData(1.0, 2, 0.55, new[] { 0.0, 0.0, 0.0, 1.0 })]
    public void Draw_FollowsTheProbabilitiesThatTheOptionsLeave(double temperature, int topK, double topP, double[] expected)
    {
        const int Draws = 20_000;
        TokenSampler sampler = new(new SamplingOptions { Temperature = temperature, TopK = topK, TopP = topP });
        float[] logits = [MathF.Log(0.1f), MathF.Log(0.2f), MathF.Log(0.3f), MathF.Log(0.4f)];
        int[] counts = new int[4];
        RandomSource random = new(1);
        for (int i = 0; i < Draws; i++)
        {
            counts[sampler.Draw(logits, random)]++;
        }

        for (int token = 0; token < 4; token++)
        {
            // Five standard deviations of a share drawn so often.
            double allowed = 5.0 * Math.Sqrt(expected[token] * (1.0 - expected[token]) / Draws);
            Assert.InRange(counts[token] / (double)Draws, expected[token] - allowed, expected[token] + allowed);
        }
    }

    [Fact]
    public void LogSum_OfLargeAndOfMissingLogits_IsThatOfTheFormula()
    {
        float[] logits = [.. Enumerable.Range(0, 37).Select(i => 1000.0f + MathF.Sin(i)), float.NegativeInfinity];
        double expected = 1000.0 + Math.Log(Enumerable.Range(0, 37).Sum(i => Math.Exp(logits[i] - 1000.0)));
        Assert.Equal(expected, LogProbabilities.LogSum(logits), 1e-3);
        Assert.True(float.IsNaN(LogProbabilities.LogSum([1.0f, float.NaN])));
    }

    [Fact]
    public void Logits_OfNaN_AreRefused()
    {
        using Broken model = new();
        Assert.Contains("logits of token 1 is NaN", Assert.Throws<InvalidOperationException>(() => TokenDecoder.Greedy(model, s_options)).Message);
        Assert.Contains("logits of token 1 is NaN", Assert.Throws<InvalidOperationException>(() => BeamSearch.Run(model, s_options, new BeamSearchOptions { Width = 2 })).Message);
    }

    [Fact]
    public void SamplingOptions_OutOfRange_AreRefused()
    {
        Assert.Contains("Temperature is 0", Refusal(new SamplingOptions { Temperature = 0.0 }));
        Assert.Contains("TopK is -1", Refusal(new SamplingOptions { TopK = -1 }));
        Assert.Contains("TopP is 0", Refusal(new SamplingOptions { TopP = 0.0 }));
    }

    private static string Refusal(SamplingOptions options)
    {
        return Assert.Throws<ArgumentOutOfRangeException>(() => new TokenSampler(options)).Message;
    }

    private sealed class Broken : ITokenPredictor
    {
        public int VocabularySize => 4;

        public int RowCount => 1;

        public void Predict(ReadOnlySpan<int> tokens, Span<float> logits)
        {
            logits.Clear();
            logits[3] = float.NaN;
        }

        public void Select(ReadOnlySpan<int> rows)
        {
        }

        public void Dispose()
        {
        }
    }
}
