using System.IO.Compression;

namespace GpuRnn.Data;

/// <summary>Reads files of bytes whole, also those compressed with gzip.</summary>
internal static class BinaryFile
{
    /// <summary>The bytes of a file; one whose name ends in <c>.gz</c> is decompressed on the way.</summary>
    /// <exception cref="DataFileException">There is no such file, or it cannot be read.</exception>
    public static byte[] ReadAll(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            if (!path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            {
                return File.ReadAllBytes(path);
            }

            using FileStream file = File.OpenRead(path);
            using GZipStream content = new(file, CompressionMode.Decompress);
            using MemoryStream bytes = new();
            content.CopyTo(bytes);
            return bytes.ToArray();
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(path, 0, "there is no such file, but one is needed", "Check the path", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new DataFileException(
                path, 0, $"the file cannot be read ({exception.Message.TrimEnd('.')}), but must be", "Check the file and its permissions", exception);
        }
    }
}
