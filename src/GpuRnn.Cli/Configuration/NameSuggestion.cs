namespace GpuRnn.Cli.Configuration;

/// <summary>Finds the known name that a misspelt one most likely meant.</summary>
internal static class NameSuggestion
{
    // More edits than a third of the word are another word, not a slip.
    private const int LettersPerEdit = 3;

    /// <summary>"Did you mean 'x'? " with a trailing space, or nothing when no known name is near.</summary>
    public static string Clause(string name, IEnumerable<string> known)
    {
        string? nearest = Nearest(name, known);
        return nearest is null ? string.Empty : $"Did you mean '{nearest}'? ";
    }

    /// <summary>The known name with the fewest edits, or null when all are too far.</summary>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        (string Name, int Distance)? best = null;
        foreach (string candidate in known)
        {
            int distance = Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant());
            int allowed = Math.Max(1, Math.Max(name.Length, candidate.Length) / LettersPerEdit);
            if (distance <= allowed && (best is null || distance < best.Value.Distance))
            {
                best = (candidate, distance);
            }
        }

        return best?.Name;
    }

    /// <summary>Insertions, deletions and replacements that turn one text into the other (Levenshtein 1966).</summary>
    public static int Distance(string first, string second)
    {
        int[] previous = [.. Enumerable.Range(0, second.Length + 1)];
        int[] current = new int[second.Length + 1];
        for (int i = 1; i <= first.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= second.Length; j++)
            {
                int replaced = previous[j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(previous[j], current[j - 1]) + 1);
            }

            (previous, current) = (current, previous);
        }

        return previous[second.Length];
    }
}
