using GpuRnn.Decoding;

namespace GpuRnn.Tests.Decoding;

public sealed class BeamSearchTests
{
    private const int End = 0;
    private const int VocabularySize = 3;
    private const int MaximumLength = 4;

    private static readonly DecodingOptions s_options = new() { StartToken = 1, EndToken = End, MaximumLength = MaximumLength };

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.6)]
    [InlineData(2.0)]
    public void Run_AsWideAsAllPrefixes_FindsWhatExhaustiveSearchFinds(double lengthPenalty)
    {
        // Two tokens that are no end: 2^3 prefixes of three, each with three extensions.
        BeamSearchOptions beam = new() { Width = 24, ResultCount = 5, LengthPenalty = lengthPenalty };
        for (ulong seed = 1; seed <= 20; seed++)
        {
            DecodedSequence[] expected = [.. All(new PrefixModel(seed, VocabularySize), 0, lengthPenalty).OrderByDescending(row => row.Score).Take(5)];

            DecodedSequence[] found = BeamSearch.Run(new PrefixModel(seed, VocabularySize), s_options, beam)[0];

            Assert.Equal(expected.Select(row => string.Join(' ', row.Tokens)), found.Select(row => string.Join(' ', row.Tokens)));
            Assert.Equal(expected.Select(row => row.IsFinished), found.Select(row => row.IsFinished));
            Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-5));
            Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First.LogProbability, pair.Second.LogProbability, 1e-5));
        }
    }

    [Fact]
    public void Run_OfWidthOneWithoutPenalty_IsGreedy()
    {
        for (ulong seed = 1; seed <= 40; seed++)
        {
            DecodedSequence greedy = TokenDecoder.Greedy(new PrefixModel(seed, VocabularySize), s_options)[0];
            DecodedSequence beam = BeamSearch.Run(new PrefixModel(seed, VocabularySize), s_options, new BeamSearchOptions { Width = 1 })[0][0];
            Assert.Equal(greedy.Tokens, beam.Tokens);
            Assert.Equal(greedy.LogProbability, beam.LogProbability, 1e-5);
        }
    }

    [Theory]
    [InlineData(1, 0.0)]
    [InlineData(2, 0.0)]
    [InlineData(3, 0.0)]
    [InlineData(1, 4.0)]
    [InlineData(2, 4.0)]
    public void Run_OfFewRows_KeepsWhatTheDefinitionKeeps(int width, double lengthPenalty)
    {
        double Rank(double logProbability, int length) => logProbability / Math.Pow((5.0 + length) / 6.0, lengthPenalty);
        for (ulong seed = 1; seed <= 20; seed++)
        {
            PrefixModel model = new(seed, VocabularySize);
            List<(int[] Tokens, double LogProbability)> rows = [([], 0.0)];
            List<(int[] Tokens, double Score)> ended = [];
            for (int length = 1; length <= MaximumLength; length++)
            {
                (int[] Tokens, double LogProbability)[] extended = [.. rows
                    .SelectMany(row => Extensions(model, row.Tokens, row.LogProbability))
                    .OrderByDescending(row => row.LogProbability)];
                ended.AddRange(extended.Take(width).Where(row => row.Tokens[^1] == End).Select(row => (row.Tokens[..^1], Rank(row.LogProbability, length))));
                rows = [.. extended.Where(row => row.Tokens[^1] != End).Take(width)];
            }

            (int[] tokens, double score) = ended.Concat(rows.Select(row => (row.Tokens, Rank(row.LogProbability, MaximumLength)))).MaxBy(row => row.Item2);
            DecodedSequence found = BeamSearch.Run(model, s_options, new BeamSearchOptions { Width = width, LengthPenalty = lengthPenalty })[0][0];
            Assert.Equal(tokens, found.Tokens);
            Assert.Equal(score, found.Score, 1e-5);
        }
    }

    [Fact]
    public void Run_OfEqualExtensions_PrefersTheTokenOfTheLowestNumber()
    {
        using Level model = new();
        DecodedSequence[] found = BeamSearch.Run(model, s_options, new BeamSearchOptions { Width = 2, ResultCount = 2 })[0];

        Assert.Equal((0, true), (found[0].Tokens.Count, found[0].IsFinished));
        Assert.Equal([1], found[1].Tokens);
        Assert.Empty(TokenDecoder.Greedy(model, s_options)[0].Tokens);
    }

    private static IEnumerable<(int[] Tokens, double LogProbability)> Extensions(PrefixModel model, int[] tokens, double before)
    {
        double[] logits = Array.ConvertAll(model.Logits(0, [s_options.StartToken, .. tokens]), value => (double)value);
        double logSum = Math.Log(logits.Sum(Math.Exp));
        return logits.Select((logit, token) => ((int[])[.. tokens, token], before + logit - logSum));
    }

    [Fact]
    public void Run_OfSeveralSources_GivesEachWhatItGivesAlone()
    {
        BeamSearchOptions beam = new() { Width = 3, LengthPenalty = 0.6 };
        DecodedSequence[][] together = BeamSearch.Run(new PrefixModel(7, VocabularySize, rowCount: 5), s_options, beam);

        for (int source = 0; source < 5; source++)
        {
            PrefixModel alone = new(7, VocabularySize, rowCount: 5);
            alone.Select([source]);
            DecodedSequence expected = BeamSearch.Run(alone, s_options, beam)[0][0];
            Assert.Equal(expected.Tokens, together[source][0].Tokens);
            Assert.Equal(expected.Score, together[source][0].Score);
        }
    }

    [Fact]
    public void Run_WhenNoRowCanBeRankedHigher_Stops()
    {
        PrefixModel model = new(1, VocabularySize);
        BeamSearch.Run(model, s_options with { MaximumLength = 200 }, new BeamSearchOptions { Width = 2 });
        Assert.InRange(model.RowCounts.Count, 1, 50);
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        PrefixModel model = new(1, VocabularySize);
        BeamSearchOptions one = new() { Width = 1 };
        Assert.Contains("Width is 0", Refusal(model, s_options, one with { Width = 0 }));
        Assert.Contains("LengthPenalty is -1", Refusal(model, s_options, one with { LengthPenalty = -1.0 }));
        Assert.Contains("ResultCount is 2, but a beam of 1", Refusal(model, s_options, one with { ResultCount = 2 }));
        Assert.Contains("EndToken is 3", Refusal(model, s_options with { EndToken = 3 }, one));
        Assert.Contains("StartToken is -1", Refusal(model, s_options with { StartToken = -1 }, one));
        Assert.Contains("MaximumLength is 0", Refusal(model, s_options with { MaximumLength = 0 }, one));
    }

    private static string Refusal(PrefixModel model, DecodingOptions options, BeamSearchOptions beam)
    {
        return Assert.Throws<ArgumentOutOfRangeException>(() => BeamSearch.Run(model, options, beam)).Message;
    }

    // Every row that ends within the most tokens, and every one that is cut there.
    private static IEnumerable<DecodedSequence> All(PrefixModel model, double before, double lengthPenalty, params int[] written)
    {
        float[] logits = model.Logits(0, [s_options.StartToken, .. written]);
        double logSum = Math.Log(logits.Sum(logit => Math.Exp(logit)));
        int length = written.Length + 1;
        double Rank(double logProbability) => logProbability / Math.Pow((5.0 + length) / 6.0, lengthPenalty);
        for (int token = 0; token < VocabularySize; token++)
        {
            double logProbability = before + logits[token] - logSum;
            if (token == End)
            {
                yield return new DecodedSequence(written, logProbability, Rank(logProbability), true);
            }
            else if (length == MaximumLength)
            {
                yield return new DecodedSequence([.. written, token], logProbability, Rank(logProbability), false);
            }
            else
            {
                foreach (DecodedSequence row in All(model, logProbability, lengthPenalty, [.. written, token]))
                {
                    yield return row;
                }
            }
        }
    }

    private sealed class Level : ITokenPredictor
    {
        public int VocabularySize => BeamSearchTests.VocabularySize;

        public int RowCount { get; private set; } = 1;

        public void Predict(ReadOnlySpan<int> tokens, Span<float> logits)
        {
            logits.Clear();
        }

        public void Select(ReadOnlySpan<int> rows)
        {
            RowCount = rows.Length;
        }

        public void Dispose()
        {
        }
    }
}
