using System.Security.Cryptography;

namespace GpuRnn.Compiler.Caching;

/// <summary>The files of a cache: written beside their place and renamed into it, so that a reader sees one whole or not at all.</summary>
/// <remarks>The time of the last change of a file is the time of its last use.</remarks>
internal sealed class CacheFolder(string path)
{
    private const string EntryExtension = ".kernel";
    private const string TemporaryExtension = ".writing";

    // A reader marks an entry as used at most this often, so that a run that compiles nothing writes next to nothing.
    private static readonly TimeSpan s_useInterval = TimeSpan.FromHours(1);

    // A process that was killed while it wrote leaves its temporary file.
    private static readonly TimeSpan s_abandonedAfter = TimeSpan.FromHours(1);

    /// <summary>The file of a key.</summary>
    internal string FileOf(ReadOnlySpan<byte> key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key, hash);
        return Path.Combine(path, Convert.ToHexStringLower(hash) + EntryExtension);
    }

    /// <summary>A file's bytes, null when it is not there.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static byte[]? Read(string file)
    {
        try
        {
            // Deleting and replacing stay possible for others, on Windows too.
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Notes that a file was of use.</summary>
    internal static void MarkUsed(string file)
    {
        try
        {
            DateTime now = DateTime.UtcNow;
            if (now - File.GetLastWriteTimeUtc(file) > s_useInterval)
            {
                File.SetLastWriteTimeUtc(file, now);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Deleted meanwhile, or a folder to read alone: the bytes are in memory, and only the order of eviction suffers.
        }
    }

    /// <summary>Writes a file whole, instead of one that is there; not when all is cleared meanwhile.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    internal void Write(string file, byte[] bytes)
    {
        Create();
        string temporary = $"{file}.{Environment.ProcessId:x}-{Guid.NewGuid():N}{TemporaryExtension}";
        try
        {
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, file, overwrite: true);
        }
        catch (FileNotFoundException)
        {
            // Another process deleted all files between the two lines, this one too: what it cleared is gone, as it asked.
        }
        catch
        {
            Delete(temporary);
            throw;
        }
    }

    /// <summary>The entries, those used longest ago first.</summary>
    /// <exception cref="IOException">The folder cannot be listed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be listed.</exception>
    internal IReadOnlyList<CacheFile> List() => [.. Files(EntryExtension).OrderBy(file => file.LastUse)];

    /// <summary>Deletes what processes left behind that were ended while they wrote.</summary>
    /// <param name="always">True to delete what may still be in use.</param>
    internal void DeleteTemporaries(bool always)
    {
        DateTime abandoned = DateTime.UtcNow - s_abandonedAfter;
        foreach (CacheFile file in Files(TemporaryExtension).Where(file => always || file.LastUse < abandoned))
        {
            Delete(file.Path);
        }
    }

    /// <summary>Deletes a file, and says whether it is gone.</summary>
    internal static bool Delete(string file)
    {
        try
        {
            File.Delete(file);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // Names alone decide what is ours: whoever names a folder of other things keeps them.
    private static bool IsOurs(string file)
    {
        string name = Path.GetFileName(file).Split('.')[0];
        return name.Length == 2 * SHA256.HashSizeInBytes && name.All(char.IsAsciiHexDigitLower);
    }

    private IEnumerable<CacheFile> Files(string extension)
    {
        IEnumerable<string> files = Directory.Exists(path) ? Directory.EnumerateFiles(path, "*" + extension) : [];
        foreach (string file in files.Where(IsOurs))
        {
            // Another process may delete it at any time.
            FileInfo information = new(file);
            if (information.Exists)
            {
                yield return new CacheFile(file, information.Length, information.LastWriteTimeUtc);
            }
        }
    }

    private void Create()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            // Programs for drivers are read from here: nobody else may write them.
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
