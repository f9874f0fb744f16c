using System.Globalization;
using System.Net;
using System.Text;

namespace GpuRnn.Plots;

/// <summary>Draws a matrix of shares as shaded cells, in SVG that stands alone: attention weights, or which class was taken for which.</summary>
public static class MatrixChart
{
    private const int LetterWidth = 7;
    private const int Margin = 14;
    private const int TitleHeight = 34;
    private const int AxisHeight = 24;
    private const int AttentionCell = 26;
    private const int ConfusionCell = 40;
    private const double DarkShade = 0.55;

    /// <summary>What each output step looked at: the darker a cell, the larger the weight; 1 is darkest.</summary>
    /// <param name="title">Stands above the picture and is read out instead of it.</param>
    /// <param name="sources">A name for each input step, such as its word; these are the columns.</param>
    /// <param name="targets">A name for each output step; these are the rows.</param>
    /// <param name="weights">For each output step the weight of each input step, 0 to 1.</param>
    /// <exception cref="ArgumentException">The weights are not as many as the names, or one lies outside 0 to 1.</exception>
    public static string Attention(string title, IReadOnlyList<string> sources, IReadOnlyList<string> targets, IReadOnlyList<float[]> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        RequireShape("MatrixChart.Attention", sources, targets, weights);
        for (int row = 0; row < weights.Count; row++)
        {
            int wrong = Array.FindIndex(weights[row], weight => !(weight >= 0.0f && weight <= 1.0001f));
            if (wrong >= 0)
            {
                throw new ArgumentException(
                    FormattableString.Invariant($"MatrixChart.Attention: weight {wrong} of row {row} is {weights[row][wrong]}, but must lie in 0 to 1. Pass the weights of a softmax."),
                    nameof(weights));
            }
        }

        return Draw(title, "input", "output", sources, targets, AttentionCell, (row, column) => Math.Min(1.0, weights[row][column]), (_, _) => string.Empty);
    }

    /// <summary>How often each class was taken for each: rows are what was right, columns what was said; shades are shares of the row.</summary>
    /// <param name="title">Stands above the picture and is read out instead of it.</param>
    /// <param name="classes">Their names.</param>
    /// <param name="counts">For each true class, how often each class was said.</param>
    /// <exception cref="ArgumentException">The counts are not as many as the classes, or one is negative.</exception>
    public static string Confusion(string title, IReadOnlyList<string> classes, IReadOnlyList<int[]> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        RequireShape("MatrixChart.Confusion", classes, classes, counts);
        if (counts.Any(row => row.Any(count => count < 0)))
        {
            throw new ArgumentException("MatrixChart.Confusion: a count is negative, but must be 0 or more. Pass how often each class was said.", nameof(counts));
        }

        long[] sums = [.. counts.Select(row => row.Sum(count => (long)count))];
        return Draw(
            title, "said", "right", classes, classes, ConfusionCell,
            (row, column) => sums[row] == 0 ? 0.0 : (double)counts[row][column] / sums[row],
            (row, column) => counts[row][column] == 0 ? string.Empty : counts[row][column].ToString(CultureInfo.InvariantCulture));
    }

    private static void RequireShape<T>(string where, IReadOnlyList<string> columns, IReadOnlyList<string> rows, IReadOnlyList<T[]> values)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(rows);
        if (columns.Count == 0 || rows.Count == 0 || values.Count != rows.Count || values.Any(row => row.Length != columns.Count))
        {
            string lengths = string.Join(", ", values.Select(row => row.Length).Distinct());
            throw new ArgumentException(
                $"{where}: {values.Count} rows of {lengths} values arrived for {rows.Count} rows and {columns.Count} columns, but as many, and at least one, are needed. "
                + "Pass a value for each name.",
                nameof(values));
        }
    }

    private static string Draw(
        string title,
        string columnTitle,
        string rowTitle,
        IReadOnlyList<string> columns,
        IReadOnlyList<string> rows,
        int cell,
        Func<int, int, double> shade,
        Func<int, int, string> text)
    {
        // Names of columns stand upright where one is wider than its column.
        int columnLetters = columns.Max(name => name.Length);
        bool isUpright = columnLetters * LetterWidth > cell - 4;
        int left = Margin + AxisHeight + (rows.Max(name => name.Length) * LetterWidth) + 8;
        int top = TitleHeight + AxisHeight + (isUpright ? columnLetters * LetterWidth : 14) + 6;
        int width = Math.Max(left + (columns.Count * cell), Margin + (title.Length * (LetterWidth + 1))) + Margin;
        int height = top + (rows.Count * cell) + Margin;
        StringBuilder svg = new();
        svg.Append(Invariant($"<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\">\n"));
        svg.Append(Invariant($"<title>{Encode(title)}</title>\n<style>text {{ font: 12px sans-serif; fill: #1d2733; }} .h {{ font-size: 14px; font-weight: 600; }} "));
        svg.Append(".soft { fill: #5d6b7a; } .mid { text-anchor: middle; } .end { text-anchor: end; } .light { fill: #ffffff; }</style>\n");
        svg.Append(Invariant($"<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n"));
        svg.Append(Invariant($"<text class=\"h\" x=\"{Margin}\" y=\"22\">{Encode(title)}</text>\n"));
        svg.Append(Invariant($"<text class=\"soft mid\" x=\"{left + (columns.Count * cell / 2)}\" y=\"{TitleHeight + 14}\">{columnTitle}</text>\n"));
        svg.Append(Invariant($"<text class=\"soft mid\" transform=\"translate({Margin + 8} {top + (rows.Count * cell / 2)}) rotate(-90)\">{rowTitle}</text>\n"));
        for (int column = 0; column < columns.Count; column++)
        {
            int x = left + (column * cell) + (cell / 2);
            svg.Append(isUpright
                ? Invariant($"<text transform=\"translate({x + 4} {top - 6}) rotate(-90)\">{Encode(columns[column])}</text>\n")
                : Invariant($"<text class=\"mid\" x=\"{x}\" y=\"{top - 6}\">{Encode(columns[column])}</text>\n"));
        }

        for (int row = 0; row < rows.Count; row++)
        {
            int y = top + (row * cell);
            svg.Append(Invariant($"<text class=\"end\" x=\"{left - 8}\" y=\"{y + (cell / 2) + 4}\">{Encode(rows[row])}</text>\n"));
            for (int column = 0; column < columns.Count; column++)
            {
                AppendCell(svg, left + (column * cell), y, cell, shade(row, column), text(row, column));
            }
        }

        return svg.Append("</svg>\n").ToString();
    }

    // From white to a dark blue.
    private static void AppendCell(StringBuilder svg, int x, int y, int cell, double shade, string text)
    {
        (int red, int green, int blue) = ((int)Math.Round(255 - (247 * shade)), (int)Math.Round(255 - (207 * shade)), (int)Math.Round(255 - (148 * shade)));
        svg.Append(Invariant($"<rect x=\"{x}\" y=\"{y}\" width=\"{cell}\" height=\"{cell}\" fill=\"#{red:x2}{green:x2}{blue:x2}\" stroke=\"#dfe5ea\"/>"));
        if (text.Length > 0)
        {
            string light = shade > DarkShade ? " light" : string.Empty;
            svg.Append(Invariant($"<text class=\"mid{light}\" x=\"{x + (cell / 2)}\" y=\"{y + (cell / 2) + 4}\">{text}</text>"));
        }

        svg.Append('\n');
    }

    private static string Encode(string text)
    {
        return WebUtility.HtmlEncode(text);
    }

    private static string Invariant(FormattableString text)
    {
        return text.ToString(CultureInfo.InvariantCulture);
    }
}
