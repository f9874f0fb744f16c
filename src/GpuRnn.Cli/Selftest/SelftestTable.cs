using System.Globalization;

namespace GpuRnn.Cli.Selftest;

/// <summary>Writes a run's rows as they come.</summary>
internal static class SelftestTable
{
    private const int NameWidth = 46;
    private const int SizesWidth = 40;

    /// <summary>Writes the heading and every row.</summary>
    public static void Write(TextWriter output, IEnumerable<SelftestRow> rows)
    {
        output.WriteLine($"{"kernel, operation or layer",-NameWidth} {"cases",5} {"worst at",-SizesWidth} {"error",9} {"allowed",9} {"ms",7}");
        foreach (SelftestRow row in rows)
        {
            string end = row.FailedCount == 0 ? string.Empty : $"  {row.FailedCount} FAILED";
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Cut(row.Subject, NameWidth),-NameWidth} {row.CaseCount,5} {Cut(row.WorstSizes, SizesWidth),-SizesWidth} {row.Error,9:0.00E+0} "
                + $"{row.Allowed,9:0.00E+0} {row.Time.TotalMilliseconds,7:0}{end}"));
            output.Flush();
        }
    }

    // The type arguments of a tile are longer than any table.
    private static string Cut(string text, int width) => text.Length <= width ? text : $"{text[..(width - 1)]}…";
}
