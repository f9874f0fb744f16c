using System.Text;

namespace GpuRnn.Testing;

/// <summary>The lines in which two texts differ, as a unified diff.</summary>
public static class LineDifference
{
    private const int ContextLines = 3;
    private const int MaximumLines = 60;

    /// <summary>The smallest set of lines taken away (-) and added (+), in hunks with three lines around each; cut behind 60 lines.</summary>
    /// <param name="kept">What is there.</param>
    /// <param name="got">What takes its place.</param>
    /// <returns>Empty for equal texts; otherwise with a \n behind each line.</returns>
    /// <remarks>By the longest common subsequence of what lies between the common beginning and end: O(n·m) time and memory.</remarks>
    public static string Between(IReadOnlyList<string> kept, IReadOnlyList<string> got)
    {
        List<(char Sign, string Text, int Kept, int Got)> lines = Aligned(kept, got);
        StringBuilder text = new();
        int written = 0;
        for (int i = lines.FindIndex(line => line.Sign != ' '); i >= 0; i = lines.FindIndex(i, line => line.Sign != ' '))
        {
            int first = Math.Max(0, i - ContextLines);
            int end = HunkEnd(lines, i);
            int keptCount = lines[first..end].Count(line => line.Sign != '+');
            int gotCount = lines[first..end].Count(line => line.Sign != '-');
            text.Append($"@@ -{lines[first].Kept},{keptCount} +{lines[first].Got},{gotCount} @@\n");
            foreach ((char sign, string line, _, _) in lines[first..end])
            {
                if (++written > MaximumLines)
                {
                    return text.Append("(more lines differ)\n").ToString();
                }

                text.Append(sign).Append(line).Append('\n');
            }

            i = end;
        }

        return text.ToString();
    }

    // A hunk goes on as long as the next change is so near that their contexts touch.
    private static int HunkEnd(List<(char Sign, string Text, int Kept, int Got)> lines, int change)
    {
        int last = change;
        for (int i = change; i < lines.Count && i <= last + (2 * ContextLines); i++)
        {
            last = lines[i].Sign != ' ' ? i : last;
        }

        return Math.Min(lines.Count, last + 1 + ContextLines);
    }

    /// <summary>Every line once, with its number in both texts, counted from 1: kept and got (' '), only kept ('-'), only got ('+').</summary>
    private static List<(char Sign, string Text, int Kept, int Got)> Aligned(IReadOnlyList<string> kept, IReadOnlyList<string> got)
    {
        int head = 0;
        while (head < kept.Count && head < got.Count && kept[head] == got[head])
        {
            head++;
        }

        int tail = 0;
        while (tail < kept.Count - head && tail < got.Count - head && kept[kept.Count - 1 - tail] == got[got.Count - 1 - tail])
        {
            tail++;
        }

        int keptEnd = kept.Count - tail;
        int gotEnd = got.Count - tail;
        int[,] common = CommonLengths(kept, got, head, tail);
        List<(char Sign, string Text, int Kept, int Got)> lines = [.. Enumerable.Range(0, head).Select(i => (' ', kept[i], i + 1, i + 1))];
        int k = head;
        int g = head;
        while (k < keptEnd || g < gotEnd)
        {
            bool isBoth = k < keptEnd && g < gotEnd;
            char sign = isBoth && kept[k] == got[g] ? ' '
                : g == gotEnd || (isBoth && common[k + 1 - head, g - head] >= common[k - head, g + 1 - head]) ? '-' : '+';
            lines.Add((sign, sign == '+' ? got[g] : kept[k], k + 1, g + 1));
            k += sign == '+' ? 0 : 1;
            g += sign == '-' ? 0 : 1;
        }

        lines.AddRange(Enumerable.Range(0, tail).Select(i => (' ', kept[keptEnd + i], keptEnd + i + 1, gotEnd + i + 1)));
        return lines;
    }

    // At (i, j): how many lines the rests of both middles, from i and j on, have in common in the same order.
    private static int[,] CommonLengths(IReadOnlyList<string> kept, IReadOnlyList<string> got, int head, int tail)
    {
        int[,] common = new int[kept.Count - head - tail + 1, got.Count - head - tail + 1];
        for (int i = kept.Count - head - tail - 1; i >= 0; i--)
        {
            for (int j = got.Count - head - tail - 1; j >= 0; j--)
            {
                common[i, j] = kept[head + i] == got[head + j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        return common;
    }
}
