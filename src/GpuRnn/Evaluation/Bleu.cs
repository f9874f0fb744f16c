using GpuRnn.Tensors;

namespace GpuRnn.Evaluation;

/// <summary>How many n-grams translations share with their references, over a whole corpus (Papineni et al. 2002).</summary>
/// <remarks>
/// BLEU = BP · exp(Σ_n log p_n / N) with p_n the share of the candidates' n-grams that are in a reference, each counted at most as often as in the reference that has it
/// most often, and BP = e^(1 − r/c) where the candidates' length c is at most the references' length r, else 1. Of several references that of the nearest
/// length counts for r; of two as near the shorter. Nothing is smoothed: without a common n-gram of some order it is 0. Tokens are compared as they are.
/// </remarks>
public sealed class Bleu
{
    private readonly long[] _matches;
    private readonly long[] _totals;

    /// <summary>Begins with no sentence.</summary>
    /// <param name="maximumOrder">N, the longest n-grams; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The order is below 1.</exception>
    public Bleu(int maximumOrder = 4)
    {
        ArgumentCheck.AtLeast(maximumOrder, 1, nameof(Bleu), nameof(maximumOrder), "the longest n-grams, usually 4");
        (_matches, _totals) = (new long[maximumOrder], new long[maximumOrder]);
    }

    /// <summary>c, tokens of all candidates.</summary>
    public long CandidateLength { get; private set; }

    /// <summary>r, tokens of the references nearest in length.</summary>
    public long ReferenceLength { get; private set; }

    /// <summary>BP, in 0 to 1; 0 without a candidate's token.</summary>
    public double BrevityPenalty => CandidateLength == 0 ? 0.0
        : CandidateLength > ReferenceLength ? 1.0
        : Math.Exp(1.0 - ((double)ReferenceLength / CandidateLength));

    /// <summary>In percent, 0 to 100.</summary>
    public double Score
    {
        get
        {
            double sum = 0.0;
            for (int order = 1; order <= _matches.Length; order++)
            {
                sum += Math.Log(Precision(order));
            }

            return 100.0 * BrevityPenalty * Math.Exp(sum / _matches.Length);
        }
    }

    /// <summary>p_n in 0 to 1; 0 where the candidates have no n-gram of the order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The order is outside 1 to N.</exception>
    public double Precision(int order)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, _matches.Length);
        return _totals[order - 1] == 0 ? 0.0 : (double)_matches[order - 1] / _totals[order - 1];
    }

    /// <summary>Counts one sentence.</summary>
    /// <param name="candidate">Its tokens.</param>
    /// <param name="references">The tokens of each reference, at least one.</param>
    /// <exception cref="ArgumentException">There is no reference.</exception>
    public void Add(IReadOnlyList<string> candidate, params IReadOnlyList<string>[] references)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(references);
        if (references.Length == 0)
        {
            throw new ArgumentException("Bleu.Add: no reference arrived, but at least one is needed. Pass the tokens of a reference.", nameof(references));
        }

        for (int order = 1; order <= _matches.Length; order++)
        {
            Dictionary<string, int> counts = Count(candidate, order);
            Dictionary<string, int>[] known = [.. references.Select(reference => Count(reference, order))];
            foreach ((string gram, int count) in counts)
            {
                _matches[order - 1] += Math.Min(count, known.Max(one => one.GetValueOrDefault(gram)));
                _totals[order - 1] += count;
            }
        }

        CandidateLength += candidate.Count;
        ReferenceLength += references.Select(reference => reference.Count).OrderBy(length => (Math.Abs(length - candidate.Count), length)).First();
    }

    private static Dictionary<string, int> Count(IReadOnlyList<string> tokens, int order)
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        for (int first = 0; first + order <= tokens.Count; first++)
        {
            // No token holds a line break, so that different n-grams are different texts.
            string gram = string.Join('\n', tokens.Skip(first).Take(order));
            counts[gram] = counts.GetValueOrDefault(gram) + 1;
        }

        return counts;
    }
}
