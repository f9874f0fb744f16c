using GpuRnn.Tensors;

namespace GpuRnn.Conformance;

/// <summary>Rows of options in which every two values of every two factors meet: far fewer than all combinations.</summary>
/// <remarks>
/// Greedy, after the AETG system of Cohen, Dalal, Fredman and Patton (1997): a row begins with the first pair that is still missing and
/// gives each other factor, in order, the value that completes most missing pairs with the factors already set. Where several do, one is
/// drawn from a stream of fixed seed: the rows are always the same, and three values meet as often as chance lets them.
/// </remarks>
public static class PairwiseCover
{
    /// <summary>Every combination of the values, the last factor changing fastest.</summary>
    /// <param name="valueCounts">For each factor, how many values it has; at least 1.</param>
    public static IReadOnlyList<int[]> All(params int[] valueCounts)
    {
        Require(valueCounts);
        IEnumerable<int[]> rows = [[]];
        foreach (int count in valueCounts)
        {
            rows = rows.SelectMany(row => Enumerable.Range(0, count).Select(value => (int[])[.. row, value]));
        }

        return [.. rows];
    }

    /// <summary>Rows that hold every pair of values of every two factors.</summary>
    /// <param name="valueCounts">For each factor, how many values it has; at least 1.</param>
    /// <returns>For each row, the number of each factor's value.</returns>
    public static IReadOnlyList<int[]> Create(params int[] valueCounts)
    {
        Require(valueCounts);
        if (valueCounts.Length < 2)
        {
            return All(valueCounts);
        }

        HashSet<Pair> missing = [.. Pairs(valueCounts)];
        RandomSource random = new(1);
        List<int[]> rows = [];
        foreach (Pair start in Pairs(valueCounts))
        {
            if (missing.Contains(start))
            {
                int[] row = Complete(start, valueCounts, missing, random);
                missing.ExceptWith(PairsOf(row));
                rows.Add(row);
            }
        }

        return rows;
    }

    private static void Require(int[] valueCounts)
    {
        ArgumentNullException.ThrowIfNull(valueCounts);
        foreach (int count in valueCounts)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(valueCounts));
        }
    }

    private static int[] Complete(Pair start, int[] valueCounts, HashSet<Pair> missing, RandomSource random)
    {
        int[] row = new int[valueCounts.Length];
        bool[] isSet = new bool[row.Length];
        row[start.First] = start.FirstValue;
        row[start.Second] = start.SecondValue;
        isSet[start.First] = true;
        isSet[start.Second] = true;
        for (int factor = 0; factor < row.Length; factor++)
        {
            if (!isSet[factor])
            {
                int[] gains = [.. Enumerable.Range(0, valueCounts[factor]).Select(value => Gain(factor, value, row, isSet, missing))];
                int[] best = [.. Enumerable.Range(0, gains.Length).Where(value => gains[value] == gains.Max())];
                row[factor] = best[random.NextInt(best.Length)];
                isSet[factor] = true;
            }
        }

        return row;
    }

    private static int Gain(int factor, int value, int[] row, bool[] isSet, HashSet<Pair> missing)
    {
        return Enumerable.Range(0, row.Length).Count(other => isSet[other] && missing.Contains(Pair.Of(factor, value, other, row[other])));
    }

    private static IEnumerable<Pair> PairsOf(int[] row)
    {
        return Enumerable.Range(0, row.Length).SelectMany(first =>
            Enumerable.Range(first + 1, row.Length - first - 1).Select(second => new Pair(first, row[first], second, row[second])));
    }

    private static IEnumerable<Pair> Pairs(int[] valueCounts)
    {
        for (int first = 0; first < valueCounts.Length; first++)
        {
            for (int second = first + 1; second < valueCounts.Length; second++)
            {
                foreach (int[] values in All(valueCounts[first], valueCounts[second]))
                {
                    yield return new Pair(first, values[0], second, values[1]);
                }
            }
        }
    }

    private readonly record struct Pair(int First, int FirstValue, int Second, int SecondValue)
    {
        public static Pair Of(int factor, int value, int other, int otherValue)
        {
            return factor < other ? new Pair(factor, value, other, otherValue) : new Pair(other, otherValue, factor, value);
        }
    }
}
