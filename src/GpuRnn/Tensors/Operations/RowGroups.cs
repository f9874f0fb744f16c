using System.Buffers;

namespace GpuRnn.Tensors.Operations;

/// <summary>Groups places by the row they name, so that what belongs to one row can be added up by itself.</summary>
internal static class RowGroups
{
    /// <summary>Integers that <see cref="Write"/> needs for so many places: the order, the starts and the rows.</summary>
    public static int Length(int places)
    {
        return (3 * places) + 1;
    }

    /// <summary>Writes the places group after group, each in ascending order, the groups in the order in which their rows first appear.</summary>
    /// <param name="numbers">The row of each place; negative ones, and <paramref name="left"/>, belong to no group.</param>
    /// <param name="left">A row to leave out, or a negative number.</param>
    /// <param name="rowCount">Rows there are.</param>
    /// <param name="result">Receives the order at 0, the starts (one more than groups) at n, the groups' rows at 2n + 1, n the number of places.</param>
    /// <returns>The number of groups.</returns>
    /// <remarks>O(places + rowCount) without allocation.</remarks>
    public static int Write(ReadOnlySpan<int> numbers, int left, int rowCount, Span<int> result)
    {
        int count = numbers.Length;
        Span<int> order = result[..count];
        Span<int> starts = result.Slice(count, count + 1);
        Span<int> rows = result.Slice((2 * count) + 1, count);
        int[] lent = ArrayPool<int>.Shared.Rent(rowCount);
        Span<int> groupOf = lent.AsSpan(0, rowCount);
        groupOf.Fill(-1);
        int groups = 0;
        starts.Clear();
        foreach (int row in numbers)
        {
            if (row < 0 || row == left)
            {
                continue;
            }

            int group = groupOf[row];
            if (group < 0)
            {
                group = groups++;
                groupOf[row] = group;
                rows[group] = row;
            }

            starts[group + 1]++;
        }

        for (int group = 0; group < groups; group++)
        {
            starts[group + 1] += starts[group];
        }

        // Each start walks to its group's end while the order is filled, and is put back afterwards.
        for (int place = 0; place < count; place++)
        {
            int row = numbers[place];
            if (row >= 0 && row != left)
            {
                order[starts[groupOf[row]]++] = place;
            }
        }

        for (int group = groups; group > 0; group--)
        {
            starts[group] = starts[group - 1];
        }

        starts[0] = 0;
        ArrayPool<int>.Shared.Return(lent);
        return groups;
    }
}
