using System.Globalization;

namespace GpuRnn.Data;

/// <summary>The fields of one row of a CSV file, read as text or as numbers.</summary>
/// <remarks>Numbers are written as in C#, with a point and without group separators, whatever the culture.</remarks>
public sealed class CsvRow
{
    private readonly IReadOnlyList<string> _header;
    private readonly string[] _fields;

    internal CsvRow(string path, long line, IReadOnlyList<string> header, string[] fields)
    {
        (Path, Line, _header, _fields) = (path, line, header, fields);
    }

    /// <summary>The file it stands in.</summary>
    public string Path { get; }

    /// <summary>The line on which it ends, counted from 1.</summary>
    public long Line { get; }

    /// <summary>Its fields in order.</summary>
    public IReadOnlyList<string> Fields => _fields;

    /// <summary>The text of a field.</summary>
    /// <param name="column">Counted from 0.</param>
    /// <exception cref="DataFileException">The row is shorter.</exception>
    public string this[int column] => (uint)column < (uint)_fields.Length
        ? _fields[column]
        : throw new DataFileException(
            Path,
            Line,
            $"the row has {_fields.Length} fields, but {Name(column)} is field {column + 1}",
            "Complete or remove the row");

    /// <summary>The text of the field under a name of the header.</summary>
    /// <exception cref="DataFileException">The header lacks the name, or the row is shorter.</exception>
    public string this[string column] => this[IndexOf(column)];

    /// <summary>A field as a finite number.</summary>
    /// <param name="column">Counted from 0.</param>
    /// <exception cref="DataFileException">The row is shorter, or the field is no finite number.</exception>
    public double GetNumber(int column)
    {
        string text = this[column];
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
        {
            string arrived = text.Length == 0 ? "nothing" : $"'{text}'";
            throw new DataFileException(Path, Line, $"{Name(column)} has {arrived}, but a number is needed", "Correct or remove the row");
        }

        return double.IsFinite(value)
            ? value
            : throw new DataFileException(Path, Line, $"{Name(column)} has {text}, but a finite number is needed", "Fill the gap or remove the row");
    }

    /// <summary>The field under a name of the header as a finite number.</summary>
    /// <exception cref="DataFileException">The header lacks the name, the row is shorter, or the field is no finite number.</exception>
    public double GetNumber(string column)
    {
        return GetNumber(IndexOf(column));
    }

    /// <summary>The number of the column under a name of the header, counted from 0.</summary>
    /// <exception cref="DataFileException">The header lacks the name.</exception>
    public int IndexOf(string column)
    {
        for (int i = 0; i < _header.Count; i++)
        {
            if (_header[i] == column)
            {
                return i;
            }
        }

        string known = _header.Count == 0 ? "the file was read without a header" : $"the header has {string.Join(", ", _header.Select(name => $"'{name}'"))}";
        throw new DataFileException(Path, 0, $"column '{column}' was asked for, but {known}", "Ask for one that is there");
    }

    private string Name(int column)
    {
        return column >= 0 && column < _header.Count ? $"column '{_header[column]}'" : $"column {column + 1}";
    }
}
