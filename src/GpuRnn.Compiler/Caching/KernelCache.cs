using System.Text;

namespace GpuRnn.Compiler.Caching;

/// <summary>A folder of compiled kernels, shared by processes.</summary>
/// <remarks>
/// An entry that is damaged, cut off or not ours counts as absent and is replaced. When the folder cannot be used, kernels are compiled
/// each time and <see cref="Trouble"/> says why. What was not used for longest goes when the folder grows beyond its limit. All members
/// may be called by several threads at once.
/// </remarks>
public sealed class KernelCache
{
    /// <summary>The environment variable that holds the folder, or <c>off</c>.</summary>
    public const string Variable = "GPURNN_CACHE";

    /// <summary>The size beyond which old entries are deleted, unless said otherwise.</summary>
    public const long DefaultLimitInBytes = 256L << 20;

    private const string ProbeKey = "probe";

    private readonly CacheFolder? _folder;
    private readonly Lock _evictionLock = new();
    private long _bytesUntilEviction;
    private volatile bool _isWritable = true;
    private volatile string? _trouble;

    /// <summary>A cache in a folder, which is made when the first entry is written.</summary>
    /// <param name="folder">Null for a cache that keeps nothing.</param>
    /// <param name="limitInBytes">The size beyond which old entries are deleted.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limitInBytes"/> is not positive.</exception>
    public KernelCache(string? folder, long limitInBytes = DefaultLimitInBytes)
        : this(new CacheLocation(folder is null ? null : Path.GetFullPath(folder), "the caller"), limitInBytes)
    {
    }

    private KernelCache(CacheLocation location, long limitInBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limitInBytes);
        _folder = location.Folder is null ? null : new CacheFolder(location.Folder);
        Folder = location.Folder;
        Origin = location.Origin;
        LimitInBytes = limitInBytes;
    }

    /// <summary>Where the entries lie, absolute; null when nothing is kept.</summary>
    public string? Folder { get; }

    /// <summary>What chose the folder, or why there is none.</summary>
    public string Origin { get; }

    /// <summary>The size beyond which old entries are deleted.</summary>
    public long LimitInBytes { get; }

    /// <summary>The first thing that went wrong with the folder, for people; null while nothing did.</summary>
    public string? Trouble => _trouble;

    /// <summary>The cache that the environment of this process asks for; touches no file.</summary>
    public static KernelCache FromEnvironment() => new(CacheLocation.OfProcess(), DefaultLimitInBytes);

    /// <summary>The content kept under a key, null when there is none.</summary>
    /// <param name="key">Everything that decides the content, as text. Begin it with the kind of content.</param>
    public byte[]? Find(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (_folder is null)
        {
            return null;
        }

        byte[] keyBytes = Encoding.UTF8.GetBytes(key);
        string file = _folder.FileOf(keyBytes);
        byte[]? content = Try("read", () => CacheFolder.Read(file) is byte[] bytes ? CacheEntryFormat.Read(bytes, keyBytes) : null);
        if (content is not null)
        {
            CacheFolder.MarkUsed(file);
        }

        return content;
    }

    /// <summary>Keeps a content under a key, instead of what stood there; does nothing when the folder cannot be written.</summary>
    /// <param name="key">As for <see cref="Find"/>.</param>
    /// <param name="content">More than a quarter of the limit is not kept.</param>
    public void Keep(string key, ReadOnlySpan<byte> content)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (_folder is null || !_isWritable)
        {
            return;
        }

        byte[] keyBytes = Encoding.UTF8.GetBytes(key);
        byte[] file = CacheEntryFormat.Write(keyBytes, content);
        if (file.Length > LimitInBytes / 4)
        {
            return;
        }

        _isWritable = Try("written", () =>
        {
            _folder.Write(_folder.FileOf(keyBytes), file);
            EvictNowAndThen(_folder, file.Length);
            return true;
        });
    }

    /// <summary>Counts the entries.</summary>
    public CacheContents Measure() => Try("listed", () =>
    {
        IReadOnlyList<CacheFile> entries = _folder?.List() ?? [];
        return new CacheContents(entries.Count, entries.Sum(entry => entry.SizeInBytes));
    });

    /// <summary>Tries whether an entry can be written now; where not, <see cref="Trouble"/> says why.</summary>
    public bool TryWrite()
    {
        Keep(ProbeKey, []);
        return _folder is not null && _isWritable && CacheFolder.Delete(_folder.FileOf(Encoding.UTF8.GetBytes(ProbeKey)));
    }

    /// <summary>Deletes every entry, and nothing else that lies in the folder.</summary>
    /// <returns>What was deleted; where something could not be, <see cref="Trouble"/> says so.</returns>
    public CacheContents Clear() => Try("cleared", () =>
    {
        _folder?.DeleteTemporaries(always: true);
        CacheFile[] deleted = [.. (_folder?.List() ?? []).Where(entry => CacheFolder.Delete(entry.Path))];
        int left = _folder?.List().Count ?? 0;
        return left == 0
            ? new CacheContents(deleted.Length, deleted.Sum(entry => entry.SizeInBytes))
            : throw new IOException($"{left} entries cannot be deleted.");
    });

    // A scan costs about as much as a few compilations: once in the beginning, then after each sixteenth of the limit.
    private void EvictNowAndThen(CacheFolder folder, long writtenBytes)
    {
        if (Interlocked.Add(ref _bytesUntilEviction, -writtenBytes) > 0)
        {
            return;
        }

        lock (_evictionLock)
        {
            if (Interlocked.Read(ref _bytesUntilEviction) <= 0)
            {
                Interlocked.Exchange(ref _bytesUntilEviction, LimitInBytes / 16);
                folder.DeleteTemporaries(always: false);
                Evict(folder.List());
            }
        }
    }

    // Down to three quarters, so that the next entries find room.
    private void Evict(IReadOnlyList<CacheFile> oldestFirst)
    {
        long total = oldestFirst.Sum(entry => entry.SizeInBytes);
        long wanted = total > LimitInBytes ? LimitInBytes / 4 * 3 : total;
        foreach (CacheFile entry in oldestFirst.TakeWhile(_ => total > wanted))
        {
            total -= CacheFolder.Delete(entry.Path) ? entry.SizeInBytes : 0;
        }
    }

    // A cache that does not work costs time and nothing else, so the user hears of it where he asks, and the work goes on.
    private T? Try<T>(string attempt, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _trouble ??= $"{Folder} cannot be {attempt}: {exception.Message}";
            return default;
        }
    }
}
