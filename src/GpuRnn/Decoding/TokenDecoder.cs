using GpuRnn.Tensors;

namespace GpuRnn.Decoding;

/// <summary>Writes rows one token after the other without looking back: the likeliest token each time, or a drawn one.</summary>
/// <remarks>
/// Rows that have ended are fed no more: once they are a quarter of the rows, the predictor goes on without them. What a row writes does not depend on the others,
/// apart from the last bits of products, whose order of summation may depend on the number of rows.
/// </remarks>
public static class TokenDecoder
{
    private const int RowsKeptPerEnded = 4;

    /// <summary>The likeliest token each time; of equal ones the first.</summary>
    /// <param name="predictor">At its start; used up, but not disposed.</param>
    /// <param name="options">Where rows begin and end.</param>
    /// <returns>One sequence for each row, in the rows' order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option does not fit the vocabulary.</exception>
    public static DecodedSequence[] Greedy(ITokenPredictor predictor, DecodingOptions options)
    {
        return Run(predictor, options, static logits => LogProbabilities.Largest(logits));
    }

    /// <summary>A drawn token each time. The same seed gives the same rows.</summary>
    /// <param name="predictor">At its start; used up, but not disposed.</param>
    /// <param name="options">Where rows begin and end.</param>
    /// <param name="sampling">From which tokens.</param>
    /// <param name="random">One number for each token, step by step and within a step row by row.</param>
    /// <returns>One sequence for each row, in the rows' order; log-probabilities are those of the model, before temperature and limits.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static DecodedSequence[] Sample(ITokenPredictor predictor, DecodingOptions options, SamplingOptions sampling, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        TokenSampler sampler = new(sampling);
        return Run(predictor, options, logits => sampler.Draw(logits, random));
    }

    private delegate int Choice(ReadOnlySpan<float> logits);

    private static DecodedSequence[] Run(ITokenPredictor predictor, DecodingOptions options, Choice choose)
    {
        DecodingChecks.Require(predictor, options, nameof(TokenDecoder));
        int width = predictor.VocabularySize;
        List<int>[] written = [.. Enumerable.Range(0, predictor.RowCount).Select(_ => new List<int>())];
        double[] logProbabilities = new double[written.Length];
        bool[] hasEnded = new bool[written.Length];
        int[] rows = [.. Enumerable.Range(0, written.Length)];
        int[] tokens = new int[rows.Length];
        Array.Fill(tokens, options.StartToken);
        float[] logits = new float[rows.Length * width];
        for (int step = 0; step < options.MaximumLength && rows.Length > 0; step++)
        {
            predictor.Predict(tokens, logits.AsSpan(0, rows.Length * width));
            for (int i = 0; i < rows.Length; i++)
            {
                int row = rows[i];
                if (hasEnded[row])
                {
                    continue;
                }

                ReadOnlySpan<float> scores = logits.AsSpan(i * width, width);
                float logSum = DecodingChecks.RequireFinite(LogProbabilities.LogSum(scores), step, nameof(TokenDecoder));
                tokens[i] = choose(scores);
                logProbabilities[row] += scores[tokens[i]] - logSum;
                hasEnded[row] = tokens[i] == options.EndToken;
                if (!hasEnded[row])
                {
                    written[row].Add(tokens[i]);
                }
            }

            DropEnded(predictor, hasEnded, ref rows, ref tokens);
        }

        return [.. written.Select((sequence, row) => new DecodedSequence(sequence, logProbabilities[row], logProbabilities[row], hasEnded[row]))];
    }

    private static void DropEnded(ITokenPredictor predictor, bool[] hasEnded, ref int[] rows, ref int[] tokens)
    {
        int[] all = rows;
        int[] kept = [.. Enumerable.Range(0, all.Length).Where(i => !hasEnded[all[i]])];
        if (kept.Length == all.Length || (kept.Length > 0 && (all.Length - kept.Length) * RowsKeptPerEnded < all.Length))
        {
            return;
        }

        int[] last = tokens;
        rows = [.. kept.Select(i => all[i])];
        tokens = [.. kept.Select(i => last[i])];
        if (kept.Length > 0)
        {
            predictor.Select(kept);
        }
    }
}
