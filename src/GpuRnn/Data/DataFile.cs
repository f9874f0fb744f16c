using System.IO.Compression;
using System.Text;

namespace GpuRnn.Data;

/// <summary>Opens text files of data, also those compressed with gzip, one line at a time.</summary>
public static class DataFile
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Opens a file for reading from its start; one whose name ends in <c>.gz</c> is decompressed on the way.</summary>
    /// <param name="path">The file.</param>
    /// <param name="encoding">UTF-8 when null, which refuses bytes that are none; a byte order mark decides before either.</param>
    /// <exception cref="DataFileException">There is no such file, or it may not be read.</exception>
    /// <exception cref="DecoderFallbackException">Thrown while reading: bytes are not UTF-8.</exception>
    public static TextReader OpenText(string path, Encoding? encoding = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            Stream file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
            Stream content = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
            return new StreamReader(content, encoding ?? s_strict);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(path, 0, "there is no such file, but a text file is needed", "Check the path", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, exception);
        }
    }

    /// <summary>The lines of a file in order, without their ends; the file is never held as a whole.</summary>
    /// <param name="path">The file; see <see cref="OpenText"/>.</param>
    /// <param name="encoding">UTF-8 when null.</param>
    /// <returns>A sequence that opens the file anew each time it is walked.</returns>
    /// <exception cref="DataFileException">Thrown while walking: there is no such file, it may not be read, or its bytes are not of the encoding.</exception>
    public static IEnumerable<string> ReadLines(string path, Encoding? encoding = null)
    {
        using TextReader reader = OpenText(path, encoding);
        while (ReadLine(reader, path) is string line)
        {
            yield return line;
        }
    }

    /// <summary>The next line; failures of the disk and of the decompression name the file.</summary>
    internal static string? ReadLine(TextReader reader, string path)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            throw Unreadable(path, exception);
        }
        catch (DecoderFallbackException exception)
        {
            throw new DataFileException(
                path, 0, "the file holds bytes that are no UTF-8, but text is needed", "Pass its encoding, such as Encoding.Latin1, or convert the file", exception);
        }
    }

    private static DataFileException Unreadable(string path, Exception exception)
    {
        return new DataFileException(
            path, 0, $"the file cannot be read ({exception.Message.TrimEnd('.')}), but must be", "Check the file and its permissions", exception);
    }
}
