using GpuRnn.Tensors;

namespace GpuRnn.Decoding;

/// <summary>Writes several rows for each source at once and keeps the likeliest ones: a search over whole sequences, as wide as asked for.</summary>
/// <remarks>
/// At every step the rows of a source are extended by every token. Those of the k likeliest extensions that end have ended, and the k likeliest that do not end go on. A source is done when k rows have ended and no
/// unfinished row can be ranked above the k-th of them any more; rows cut at the most tokens are ranked as they are. With a width of all
/// extensions it finds what exhaustive search finds.
/// </remarks>
public static class BeamSearch
{
    /// <summary>Searches for all rows of a predictor, each a source of its own.</summary>
    /// <param name="predictor">At its start; used up, but not disposed.</param>
    /// <param name="options">Where rows begin and end.</param>
    /// <param name="beam">How wide, and how rows are ranked.</param>
    /// <returns>For each source the best rows, the best first.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static DecodedSequence[][] Run(ITokenPredictor predictor, DecodingOptions options, BeamSearchOptions beam)
    {
        ArgumentNullException.ThrowIfNull(beam);
        DecodingChecks.Require(predictor, options, nameof(BeamSearch));
        ArgumentCheck.AtLeast(beam.Width, 1, nameof(BeamSearch), nameof(beam.Width), "how many rows to keep for each source");
        ArgumentCheck.NotNegative(beam.LengthPenalty, nameof(BeamSearch), nameof(beam.LengthPenalty), "a number such as 0.6, or 0 for none");
        ArgumentCheck.AtLeast(beam.ResultCount, 1, nameof(BeamSearch), nameof(beam.ResultCount), "how many rows to return");
        if (beam.ResultCount > beam.Width)
        {
            throw new ArgumentOutOfRangeException(
                nameof(beam), $"BeamSearch: ResultCount is {beam.ResultCount}, but a beam of {beam.Width} keeps no more than that. Widen the beam, or ask for fewer.");
        }

        int width = predictor.VocabularySize;
        BeamSource[] sources = [.. Enumerable.Range(0, predictor.RowCount).Select(_ => new BeamSource(options, beam))];
        BeamRow[] rows = [.. sources.Select(source => source.Begin())];
        for (int step = 0; step < options.MaximumLength && rows.Length > 0; step++)
        {
            float[] logits = new float[rows.Length * width];
            predictor.Predict([.. rows.Select(row => row.Token)], logits);
            List<int> origins = [];
            List<BeamRow> next = [];
            int first = 0;
            foreach (BeamSource source in sources)
            {
                int count = source.RowCount;
                foreach ((int parent, BeamRow row) in source.Extend(logits.AsSpan(first * width, count * width), width, step + 1))
                {
                    origins.Add(first + parent);
                    next.Add(row);
                }

                first += count;
            }

            rows = [.. next];
            if (rows.Length > 0 && step + 1 < options.MaximumLength)
            {
                predictor.Select([.. origins]);
            }
        }

        return [.. sources.Select(source => source.Results())];
    }
}
