using System.Globalization;
using System.Reflection;
using GpuRnn.Cli.Configuration;
using GpuRnn.Data;

namespace GpuRnn.Cli.Forecasting;

/// <summary>Reads one column of a CSV file as a time series and refuses every row that is not a finite number.</summary>
internal static class SeriesReader
{
    /// <summary>The resource that holds the monthly sunspot numbers from January 1749 to December 1983.</summary>
    public const string EmbeddedName = "monthly-sunspots.csv";

    /// <summary>Reads the embedded series, or the file where one is named.</summary>
    /// <exception cref="InputException">The file or a column is missing, or a row has no finite number.</exception>
    public static TimeSeries Read(string? path, string? column, string? timeColumn)
    {
        if (path is null)
        {
            using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(EmbeddedName)
                ?? throw new InvalidOperationException($"SeriesReader: the assembly lacks its resource {EmbeddedName}. Report this.");
            using StreamReader embedded = new(stream);
            return Read(embedded, EmbeddedName, column, timeColumn);
        }

        if (!File.Exists(path))
        {
            throw new InputException(path, "there is no such file, but a CSV file with a header is needed", "Check the path after --data");
        }

        try
        {
            using StreamReader reader = new(path);
            return Read(reader, path, column, timeColumn);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new InputException(path, $"the file cannot be read ({InputException.OneLine(exception.Message).TrimEnd('.')}), but must be", "Check its permissions");
        }
    }

    /// <summary>Reads a series from text.</summary>
    /// <param name="reader">CSV with a header line.</param>
    /// <param name="name">What errors call the source.</param>
    /// <param name="column">The column to forecast; the last one when null.</param>
    /// <param name="timeColumn">The column of labels; the first one that is not forecast when null.</param>
    public static TimeSeries Read(TextReader reader, string name, string? column, string? timeColumn)
    {
        try
        {
            using CsvFile csv = new(reader, name);
            return Read(csv, name, column, timeColumn);
        }
        catch (DataFileException exception)
        {
            throw new InputException(exception.Message, exception);
        }
    }

    private static TimeSeries Read(CsvFile csv, string name, string? column, string? timeColumn)
    {
        string[] header = [.. csv.Header];
        int valueIndex = column is null ? header.Length - 1 : Find(header, column, name, "--column");
        int timeIndex = timeColumn is null ? DefaultTimeIndex(header, valueIndex) : Find(header, timeColumn, name, "--time-column");
        List<string> labels = [];
        List<double> values = [];
        while (csv.ReadRow() is CsvRow row)
        {
            values.Add(row.GetNumber(valueIndex));
            labels.Add(timeIndex < 0 ? (values.Count - 1).ToString(CultureInfo.InvariantCulture) : row[timeIndex]);
        }

        if (values.Count == 0)
        {
            throw new InputException(name, "the file has a header but no rows, but rows of numbers are needed", "Give a file with data");
        }

        return new TimeSeries(name, header[valueIndex], labels, [.. values]);
    }

    private static int DefaultTimeIndex(string[] header, int valueIndex)
    {
        return Array.FindIndex(header, column => column != header[valueIndex]);
    }

    private static int Find(string[] header, string column, string name, string option)
    {
        int index = Array.IndexOf(header, column);
        if (index < 0)
        {
            throw new InputException(
                name,
                $"column '{column}' was asked for, but the file has {string.Join(", ", header.Select(known => $"'{known}'"))}",
                $"{NameSuggestion.Clause(column, header)}Pass one of these with {option}");
        }

        return index;
    }
}
