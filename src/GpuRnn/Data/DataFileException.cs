using System.Globalization;

namespace GpuRnn.Data;

/// <summary>A data file cannot be read, or a line of it is not what was asked for: a mistake in the file or its path.</summary>
/// <remarks>The message has the project's form (where: what arrived, what was needed. What to do.) and names file and line.</remarks>
public sealed class DataFileException : IOException
{
    /// <summary>Joins the parts into the project's form.</summary>
    /// <param name="path">The file as the caller named it.</param>
    /// <param name="line">Counted from 1; 0 where the whole file is meant.</param>
    /// <param name="problem">What arrived and what was needed, without a full stop.</param>
    /// <param name="remedy">What to do, without a full stop.</param>
    /// <param name="innerException">The failure of the operating system or of a parser behind this one.</param>
    public DataFileException(string path, long line, string problem, string remedy, Exception? innerException = null)
        : base($"{Where(path, line)}: {problem}. {remedy}.", innerException)
    {
        Path = path;
        Line = line;
    }

    /// <summary>The file as the caller named it.</summary>
    public string Path { get; }

    /// <summary>The line that is wrong, counted from 1; 0 where the whole file is meant.</summary>
    public long Line { get; }

    private static string Where(string path, long line)
    {
        return line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{path}, line {line}") : path;
    }
}
