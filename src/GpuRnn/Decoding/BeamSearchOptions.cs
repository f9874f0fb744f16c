namespace GpuRnn.Decoding;

/// <summary>How wide a <see cref="BeamSearch"/> looks, and how it ranks rows of different lengths.</summary>
public sealed record BeamSearchOptions
{
    /// <summary>k, the unfinished rows that are kept for each source; at least 1, which is greedy search.</summary>
    public required int Width { get; init; }

    /// <summary>
    /// α: a row of n tokens, its end included, is ranked by its log-probability over ((5 + n) / 6)^α (Wu et al. 2016, equation 14); 0 for the log-probability alone, which favours short
    /// rows. Not below 0.
    /// </summary>
    public double LengthPenalty { get; init; }

    /// <summary>The most rows that are returned for each source, the best first; 1 to k.</summary>
    public int ResultCount { get; init; } = 1;
}
