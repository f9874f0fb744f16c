using System.Text;

namespace GpuRnn.Data;

/// <summary>Reads CSV files row by row, never holding more than one of them (RFC 4180, with the separator and the quote of choice).</summary>
/// <remarks>A quoted field may hold separators, line breaks and doubled quotes. Empty lines between rows are skipped.</remarks>
public sealed class CsvFile : IDisposable
{
    private readonly TextReader _reader;
    private readonly string _path;
    private readonly CsvOptions _options;
    private readonly List<string> _fields = [];
    private readonly StringBuilder _field = new();
    private long _line;

    /// <summary>Reads the header, where there is one.</summary>
    /// <param name="reader">The text; disposed with this object.</param>
    /// <param name="path">What errors call the file.</param>
    /// <param name="options">How the fields stand; commas, double quotes and a header when null.</param>
    /// <exception cref="DataFileException">A header was expected and the file is empty.</exception>
    public CsvFile(TextReader reader, string path, CsvOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentException.ThrowIfNullOrEmpty(path);
        (_reader, _path, _options) = (reader, path, options ?? new CsvOptions());
        Header = !_options.HasHeader ? []
            : ReadFields() ? [.. _fields]
            : throw new DataFileException(path, 0, "the file is empty, but a header line and rows are needed", "Give a file with data");
    }

    /// <summary>The names of the columns; none where the file was read without a header.</summary>
    public IReadOnlyList<string> Header { get; }

    /// <summary>The rows of a file, which is opened anew each time they are walked and closed after the last.</summary>
    /// <param name="path">The file; see <see cref="DataFile.OpenText"/>.</param>
    /// <param name="options">How the fields stand; commas, double quotes and a header when null.</param>
    /// <param name="encoding">UTF-8 when null.</param>
    /// <exception cref="DataFileException">Thrown while walking: the file is missing or empty, or a quote is left open.</exception>
    public static IEnumerable<CsvRow> ReadRows(string path, CsvOptions? options = null, Encoding? encoding = null)
    {
        // By itself too, as the header of a file may be missing.
        using TextReader reader = DataFile.OpenText(path, encoding);
        using CsvFile file = new(reader, path, options);
        while (file.ReadRow() is CsvRow row)
        {
            yield return row;
        }
    }

    /// <summary>The next row; null after the last.</summary>
    /// <exception cref="DataFileException">
    /// A quote is left open, something other than a separator follows a closed one, or the row has not as many fields as the header.
    /// </exception>
    public CsvRow? ReadRow()
    {
        if (!ReadFields())
        {
            return null;
        }

        return !_options.HasHeader || _fields.Count == Header.Count
            ? new CsvRow(_path, _line, Header, [.. _fields])
            : throw new DataFileException(
                _path, _line, $"the row has {_fields.Count} fields, but the header has {Header.Count}", "Complete, quote or remove the row");
    }

    /// <summary>Closes the text.</summary>
    public void Dispose()
    {
        _reader.Dispose();
    }

    private bool ReadFields()
    {
        _fields.Clear();
        string? text;
        do
        {
            text = NextLine();
        }
        while (text is not null && IsSkipped(text));
        if (text is null)
        {
            return false;
        }

        int at = 0;
        while (true)
        {
            at = SkipBlanks(text, at);
            at = _options.Quote is char quote && at < text.Length && text[at] == quote
                ? ReadQuoted(ref text, at + 1, quote)
                : ReadPlain(text, at);
            if (at >= text.Length)
            {
                return true;
            }

            at++;
            if (at == text.Length)
            {
                _fields.Add(string.Empty);
                return true;
            }
        }
    }

    // Separators make fields, and so do blanks that are not taken off.
    private bool IsSkipped(string text)
    {
        return _options.Trims ? string.IsNullOrWhiteSpace(text) && !text.Contains(_options.Separator) : text.Length == 0;
    }

    private string? NextLine()
    {
        string? text = DataFile.ReadLine(_reader, _path);
        _line += text is null ? 0 : 1;
        return text;
    }

    private int SkipBlanks(string text, int at)
    {
        while (_options.Trims && at < text.Length && text[at] != _options.Separator && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        return at;
    }

    private int ReadPlain(string text, int at)
    {
        int end = text.IndexOf(_options.Separator, at);
        end = end < 0 ? text.Length : end;
        ReadOnlySpan<char> field = text.AsSpan(at, end - at);
        _fields.Add((_options.Trims ? field.TrimEnd() : field).ToString());
        return end;
    }

    // Goes on over line ends until the closing quote.
    private int ReadQuoted(ref string text, int at, char quote)
    {
        _field.Clear();
        long first = _line;
        while (true)
        {
            int end = text.IndexOf(quote, at);
            if (end < 0)
            {
                _field.Append(text, at, text.Length - at).Append('\n');
                text = NextLine() ?? throw new DataFileException(
                    _path, first, "a quoted field begins here and the file ends inside it, but a closing quote is needed", "Close the quote");
                at = 0;
                continue;
            }

            _field.Append(text, at, end - at);
            if (end + 1 < text.Length && text[end + 1] == quote)
            {
                _field.Append(quote);
                at = end + 2;
                continue;
            }

            _fields.Add(_field.ToString());
            return RequireEnd(text, end + 1);
        }
    }

    private int RequireEnd(string text, int at)
    {
        at = SkipBlanks(text, at);
        return at >= text.Length || text[at] == _options.Separator
            ? at
            : throw new DataFileException(
                _path,
                _line,
                $"'{text[at]}' follows a closing quote, but '{_options.Separator}' or the end of the line is needed",
                "Double the quotes inside a quoted field");
    }
}
