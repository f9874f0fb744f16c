namespace GpuRnn.Evaluation;

/// <summary>How many insertions, deletions and substitutions lie between two sequences (Levenshtein 1966).</summary>
public static class EditDistance
{
    /// <summary>The fewest edits that turn one sequence into the other.</summary>
    /// <remarks>O(n·m) time, O(m) memory.</remarks>
    public static int Between<T>(ReadOnlySpan<T> from, ReadOnlySpan<T> to)
        where T : IEquatable<T>
    {
        int[] costs = new int[to.Length + 1];
        for (int j = 0; j < costs.Length; j++)
        {
            costs[j] = j;
        }

        for (int i = 0; i < from.Length; i++)
        {
            int diagonal = costs[0];
            costs[0] = i + 1;
            for (int j = 0; j < to.Length; j++)
            {
                int substituted = diagonal + (from[i].Equals(to[j]) ? 0 : 1);
                diagonal = costs[j + 1];
                costs[j + 1] = Math.Min(substituted, Math.Min(diagonal, costs[j]) + 1);
            }
        }

        return costs[^1];
    }

    /// <summary>Edits of all sequences together over labels of all references together: the label error rate, or with words the word error rate.</summary>
    /// <param name="found">What was recognised.</param>
    /// <param name="references">What was right, in the same order.</param>
    /// <returns>0 for a perfect result; above 1 where more is wrong than there is. NaN where no reference has a label and nothing was found.</returns>
    /// <exception cref="ArgumentException">There are not as many of both.</exception>
    public static double ErrorRate<T>(IReadOnlyList<T[]> found, IReadOnlyList<T[]> references)
        where T : IEquatable<T>
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(references);
        if (found.Count != references.Count)
        {
            throw new ArgumentException(
                $"EditDistance.ErrorRate: {found.Count} sequences were found for {references.Count} references, but as many are needed. Pass one for each.",
                nameof(found));
        }

        long edits = 0;
        long labels = 0;
        for (int i = 0; i < found.Count; i++)
        {
            edits += Between<T>(found[i], references[i]);
            labels += references[i].Length;
        }

        return (double)edits / labels;
    }
}
