using System.Text;
using GpuRnn.Compiler.Caching;

namespace GpuRnn.Compiler.Tests.Caching;

/// <summary>The folder of entries: what was kept comes back whole, or nothing does.</summary>
public sealed class KernelCacheTests : IDisposable
{
    private const string Key = "test\nkey";
    private readonly CacheFolderOfTest _folder = new();
    private readonly byte[] _content = Encoding.UTF8.GetBytes("__kernel void k() {}");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Find_WhatWasKept_GivesItsBytesToEveryCacheOfTheFolder()
    {
        _folder.Cache.Keep(Key, _content);
        _folder.Cache.Keep("empty", []);

        Assert.Equal(_content, _folder.Cache.Find(Key));
        Assert.Empty(_folder.Cache.Find("empty")!);
        Assert.Null(_folder.Cache.Find(Key + "2"));
    }

    [Fact]
    public void Keep_UnderAKeyThatIsThere_ReplacesIt()
    {
        _folder.Cache.Keep(Key, [1]);
        _folder.Cache.Keep(Key, _content);

        Assert.Equal(_content, _folder.Cache.Find(Key));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Find_FileOfAnotherKey_GivesNothing()
    {
        _folder.Cache.Keep(Key, _content);
        string first = Assert.Single(_folder.Entries);
        _folder.Cache.Keep("other", [1]);
        File.Copy(_folder.Entries.Single(entry => entry != first), first, overwrite: true);

        Assert.Null(_folder.Cache.Find(Key));
    }

    [Fact]
    public void Find_EntryCutOffAnywhere_GivesNothing()
    {
        byte[] whole = KeepAndRead(out string path);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Null(_folder.Cache.Find(Key));
        }

        File.WriteAllBytes(path, [.. whole, 0]);
        Assert.Null(_folder.Cache.Find(Key));
    }

    [Fact]
    public void Find_EntryWithAnyBitFlipped_GivesNothing()
    {
        byte[] whole = KeepAndRead(out string path);
        for (int bit = 0; bit < 8 * whole.Length; bit++)
        {
            byte[] damaged = [.. whole];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, damaged);
            Assert.True(_folder.Cache.Find(Key) is null, $"bit {bit} of {8 * whole.Length} was flipped, and the content was given all the same.");
        }
    }

    [Fact]
    public void Keep_OverADamagedOrForeignEntry_ReplacesItWithoutTrouble()
    {
        KeepAndRead(out string path);
        foreach (string damage in new[] { string.Empty, "hello", new string('x', 1000) })
        {
            File.WriteAllText(path, damage);
            KernelCache cache = _folder.Cache;
            Assert.Null(cache.Find(Key));
            cache.Keep(Key, _content);

            Assert.Equal(_content, cache.Find(Key));
            Assert.Null(cache.Trouble);
        }
    }

    [Fact]
    public void Off_KeepsAndFindsNothing()
    {
        KernelCache cache = new(null);
        cache.Keep(Key, _content);

        Assert.Null(cache.Find(Key));
        Assert.Null(cache.Folder);
        Assert.False(cache.TryWrite());
        Assert.Equal(default, cache.Measure());
    }

    [Fact]
    public void FolderThatCannotBe_IsTroubleOnceAndNoException()
    {
        File.WriteAllText(_folder.File("file"), "in the way");
        string folder = _folder.File("file/kernels");
        KernelCache cache = new(folder);
        cache.Keep(Key, _content);
        string? first = cache.Trouble;
        cache.Keep("other", _content);

        Assert.Null(cache.Find(Key));
        Assert.StartsWith($"{folder} cannot be written: ", first, StringComparison.Ordinal);
        Assert.Equal(first, cache.Trouble);
        Assert.False(cache.TryWrite());
    }

    [Fact]
    public void EntryThatCannotBeReadOrWritten_LeavesTheOthersOfUse()
    {
        KeepAndRead(out string path);
        KernelCache cache = _folder.Cache;
        cache.Keep("other", [1, 2]);
        File.Delete(path);
        Directory.CreateDirectory(path);

        Assert.Null(cache.Find(Key));
        Assert.StartsWith($"{_folder.Path} cannot be read: ", cache.Trouble, StringComparison.Ordinal);
        cache.Keep(Key, _content);
        Assert.Equal([1, 2], cache.Find("other"));
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.writing"));
    }

    [Fact]
    public async Task Keep_WhileAnotherClears_IsNoTrouble()
    {
        KernelCache clearing = new(_folder.Path);
        KernelCache writing = new(_folder.Path);
        using CancellationTokenSource enough = new();
        Task clears = Task.Run(() =>
        {
            while (!enough.IsCancellationRequested)
            {
                clearing.Clear();
            }
        });
        for (int i = 0; i < 2000; i++)
        {
            writing.Keep($"{Key}{i % 7}", _content);
        }

        await enough.CancelAsync();
        await clears;
        Assert.Null(writing.Trouble);
        writing.Keep(Key, _content);
        Assert.Equal(_content, writing.Find(Key));
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.writing"));
    }

    [Fact]
    public void TryWrite_LeavesNothingBehind()
    {
        Assert.True(_folder.Cache.TryWrite());
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Keep_BeyondTheLimit_DeletesWhatWasNotUsedForLongest()
    {
        const int Limit = 64 << 10;
        byte[] content = new byte[4 << 10];
        KernelCache first = new(_folder.Path, Limit);
        DateTime time = DateTime.UtcNow.AddDays(-1);
        for (int i = 0; i < 15; i++)
        {
            HashSet<string> before = [.. _folder.Entries];
            first.Keep($"{i}", content);
            File.SetLastWriteTimeUtc(_folder.Entries.Single(entry => !before.Contains(entry)), time.AddMinutes(i));
        }

        Assert.Equal(15, first.Measure().EntryCount);
        Assert.NotNull(first.Find("0"));
        KernelCache second = new(_folder.Path, Limit);
        second.Keep("15", content);

        // The first was read since; the second to the fifth are the oldest of those that were not.
        Assert.InRange(second.Measure().SizeInBytes, Limit / 2, Limit / 4 * 3);
        Assert.NotNull(second.Find("0"));
        Assert.All(["1", "2", "3", "4"], key => Assert.Null(second.Find(key)));
        Assert.All(["6", "14", "15"], key => Assert.NotNull(second.Find(key)));
    }

    [Fact]
    public void Keep_InOneProcessForLong_StaysNearTheLimit()
    {
        const int Limit = 64 << 10;
        KernelCache cache = new(_folder.Path, Limit);
        for (int i = 0; i < 100; i++)
        {
            cache.Keep($"{i}", new byte[3 << 10]);
            Assert.True(cache.Measure().SizeInBytes <= Limit + (Limit / 16) + (4 << 10), $"{cache.Measure()} after entry {i}.");
        }
    }

    [Fact]
    public void Keep_MoreThanAQuarterOfTheLimit_IsNotKept()
    {
        KernelCache cache = new(_folder.Path, 4096);
        cache.Keep(Key, new byte[1024]);

        Assert.Null(cache.Find(Key));
        Assert.Null(cache.Trouble);
    }

    [Fact]
    public void TemporaryFileOfAKilledProcess_GoesAfterAnHour()
    {
        KeepAndRead(out string path);
        string old = $"{path}.1-2.writing";
        string present = $"{path}.3-4.writing";
        File.WriteAllText(old, string.Empty);
        File.WriteAllText(present, string.Empty);
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-2));
        _folder.Cache.Keep("other", _content);

        Assert.False(File.Exists(old));
        Assert.True(File.Exists(present));
    }

    [Fact]
    public void Clear_DeletesEntriesAndNothingElse()
    {
        KeepAndRead(out string path);
        _folder.Cache.Keep("other", _content);
        File.WriteAllText(_folder.File("notes.kernel"), "mine");
        File.WriteAllText($"{path}.3-4.writing", string.Empty);
        CacheContents before = _folder.Cache.Measure();
        CacheContents deleted = _folder.Cache.Clear();

        Assert.Equal(2, deleted.EntryCount);
        Assert.Equal(before, deleted);
        Assert.Equal([_folder.File("notes.kernel")], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void ManyThreads_ReadAndWriteTheSameEntries_SeeThemWholeOrNotAtAll()
    {
        using CancellationTokenSource end = new();
        Thread[] writers = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            KernelCache cache = new(_folder.Path, 256 << 10);
            for (int i = 0; i < 100; i++)
            {
                cache.Keep($"{i % 7}", ContentOf(i % 7));
            }
        }))];
        int found = 0;
        string? wrong = null;
        Thread[] readers = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            KernelCache cache = _folder.Cache;
            for (int i = 0; !end.IsCancellationRequested; i++)
            {
                byte[]? content = cache.Find($"{i % 7}");
                wrong = content is null || content.AsSpan().SequenceEqual(ContentOf(i % 7)) ? wrong : $"key {i % 7} gave {content.Length} other bytes";
                found += content is null ? 0 : 1;
            }

            wrong ??= cache.Trouble;
        }))];
        Array.ForEach([.. writers, .. readers], thread => thread.Start());
        Array.ForEach(writers, thread => thread.Join());
        end.Cancel();
        Array.ForEach(readers, thread => thread.Join());

        Assert.Null(wrong);
        Assert.True(found > 0);
        Assert.Equal(7, Directory.GetFiles(_folder.Path).Length);
    }

    private static byte[] ContentOf(int key) => [.. Enumerable.Repeat((byte)key, 1000 * (key + 1))];

    private byte[] KeepAndRead(out string path)
    {
        _folder.Cache.Keep(Key, _content);
        path = Assert.Single(_folder.Entries);
        return File.ReadAllBytes(path);
    }
}
