using System.Runtime.InteropServices;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu.Interleaving;

/// <summary>Global memory as each group of a launch sees it: what the group wrote itself, and what releases that it acquired have brought along.</summary>
/// <remarks>
/// <para>
/// Every group has a copy of all memory that the launch was given, and reads and writes there. A write is also noted in the group's log. A release
/// attaches to its element how much of every group's log the releasing group knows; an acquire of that element writes the part of the
/// logs that was not yet known into the own copy. So a group sees what happened before, and nothing else: the oldest state that a device may show.
/// </para>
/// <para>
/// The memory itself always has the newest value, which releases, acquires and atomic updates work on, and which the launch leaves behind. A device
/// may show that too, so a plain load takes it where the launch says so.
/// </para>
/// <para>
/// What cannot be shown by a value is a load that a device delays until another group has overwritten the element, since loads are not delayed
/// here. A write therefore needs an order behind every group's last load of the element; clocks of the groups tell (Flanagan and Freund 2009,
/// "FastTrack").
/// </para>
/// </remarks>
internal sealed unsafe class GroupViews : IDisposable
{
    private const int WordBytes = 4;

    private readonly record struct Write(long Time, int Offset, int Bytes, long Value);

    private readonly (nint Start, nint End, int Offset)[] _ranges;
    private readonly List<Write>[] _logs;
    private readonly int[][] _known;
    private readonly int[][] _clocks;
    private readonly int[][] _reads;
    private readonly Dictionary<int, (int[] Known, int[] Clock)> _attached = [];
    private readonly List<Write> _news = [];
    private readonly int _bytes;
    private byte* _copies;
    private long _time;

    /// <param name="function">The kernel, whose parameters say which leaves are views.</param>
    /// <param name="leaves">The launch's arguments.</param>
    /// <param name="groups">The groups of the launch.</param>
    internal GroupViews(IrFunction function, ReadOnlySpan<long> leaves, int groups)
    {
        _ranges = Ranges(function, leaves);
        long bytes = _ranges.Length == 0 ? 0 : _ranges[^1].Offset + (_ranges[^1].End - _ranges[^1].Start) + RangeAlignment;
        if (bytes * groups > MaximumBytes)
        {
            throw new InvalidOperationException(
                $"{function.Name}: {groups} groups with views of {bytes} bytes arrived, but the copies that interleaved groups see may have "
                + $"{MaximumBytes} bytes together. Test with a smaller launch.");
        }

        _bytes = (int)bytes;
        _copies = (byte*)NativeMemory.Alloc((nuint)Math.Max(bytes * groups, 1));
        _logs = [.. Enumerable.Range(0, groups).Select(_ => new List<Write>())];
        _known = [.. Enumerable.Range(0, groups).Select(_ => new int[groups])];
        _clocks = [.. Enumerable.Range(0, groups).Select(_ => new int[groups])];
        _reads = [.. Enumerable.Range(0, groups).Select(_ => new int[(bytes / WordBytes) + 1])];
        for (int group = 0; group < groups; group++)
        {
            _clocks[group][group] = 1;
        }

        foreach ((nint start, nint end, int offset) in _ranges)
        {
            for (int group = 0; group < groups; group++)
            {
                Buffer.MemoryCopy((void*)start, Copy(group) + offset + (start & (RangeAlignment - 1)), end - start, end - start);
            }
        }
    }

    // Words of the copies are words of memory.
    private const int RangeAlignment = 8;

    /// <summary>The copies of all groups together; tests have small launches.</summary>
    private const long MaximumBytes = 1L << 30;

    /// <summary>Changes of elements that acquires look at, so far.</summary>
    internal int ReleaseCount { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_copies);
        _copies = null;
    }

    /// <summary>Where the group's copy holds what lies at an address.</summary>
    /// <exception cref="AccessViolationException">The address lies in no view of the launch.</exception>
    internal byte* Seen(int group, nint address, int bytes) => Copy(group) + OffsetOf(address, bytes);

    /// <summary>Notes that the group has read: nobody may overwrite that before an acquire has told him so.</summary>
    internal void NoteRead(int group, nint address, int bytes)
    {
        int offset = OffsetOf(address, bytes);
        for (int word = offset / WordBytes; bytes >= WordBytes && word < (offset + bytes) / WordBytes; word++)
        {
            _reads[group][word] = _clocks[group][group];
        }
    }

    /// <summary>Makes what the group wrote into its copy the newest value, too.</summary>
    internal void Commit(int group, nint address, int bytes)
    {
        Buffer.MemoryCopy(Seen(group, address, bytes), (void*)address, bytes, bytes);
        Note(group, address, bytes);
    }

    /// <summary>An atomic update has changed the newest value; the group sees it.</summary>
    internal void CommitAtomic(int group, nint address, int bytes)
    {
        Buffer.MemoryCopy((void*)address, Seen(group, address, bytes), bytes, bytes);
        Note(group, address, bytes);
        ReleaseCount++;
    }

    /// <summary>The newest value; what the releases that made it had seen becomes visible to the group.</summary>
    internal int Acquire(int group, nint address, bool isOrdered)
    {
        int value = *(int*)address;
        if (isOrdered && _attached.TryGetValue(OffsetOf(address, sizeof(int)), out (int[] Known, int[] Clock) brought))
        {
            Learn(group, brought.Known);
            Join(_clocks[group], brought.Clock);
        }

        return value;
    }

    /// <summary>Writes a value, or adds to it, and attaches what the group knows.</summary>
    internal void Release(int group, nint address, int value, bool isSum, bool isOrdered)
    {
        int offset = OffsetOf(address, sizeof(int));
        *(int*)address = isSum ? *(int*)address + value : value;
        if (!isSum)
        {
            _attached.Remove(offset);
        }

        if (isOrdered)
        {
            // A sum carries along what the sums before it carried.
            int[] known = [.. _known[group]];
            known[group] = _logs[group].Count;
            int[] clock = [.. _clocks[group]];
            _clocks[group][group]++;
            if (_attached.TryGetValue(offset, out (int[] Known, int[] Clock) others))
            {
                Join(known, others.Known);
                Join(clock, others.Clock);
            }

            _attached[offset] = (known, clock);
        }

        CommitAtomic(group, address, sizeof(int));
    }

    private static void Join(int[] into, int[] other)
    {
        for (int i = 0; i < into.Length; i++)
        {
            into[i] = Math.Max(into[i], other[i]);
        }
    }

    // A device may let the other group's load happen late, behind this write.
    private void RequireRead(int group, int offset, int bytes)
    {
        int[] clock = _clocks[group];
        for (int other = 0; other < clock.Length; other++)
        {
            for (int word = offset / WordBytes; bytes >= WordBytes && word < (offset + bytes) / WordBytes; word++)
            {
                if (other != group && _reads[other][word] > clock[other])
                {
                    throw new InvalidOperationException(
                        $"group number {group} overwrites an element that group number {other} has read, but no release and acquire between them order "
                        + "the two. Let the reader release, and acquire before the write.");
                }
            }
        }
    }

    private byte* Copy(int group) => _copies + ((long)group * _bytes);

    private void Note(int group, nint address, int bytes)
    {
        long value = 0;
        Buffer.MemoryCopy((void*)address, &value, sizeof(long), bytes);
        int offset = OffsetOf(address, bytes);
        RequireRead(group, offset, bytes);
        _logs[group].Add(new Write(_time++, offset, bytes, value));
    }

    private void Learn(int group, int[] brought)
    {
        _news.Clear();
        int[] known = _known[group];
        for (int other = 0; other < known.Length; other++)
        {
            if (other != group && brought[other] > known[other])
            {
                _news.AddRange(CollectionsMarshal.AsSpan(_logs[other])[known[other]..brought[other]]);
                known[other] = brought[other];
            }
        }

        // In the order in which they happened: a later one may have overwritten an earlier one of another group.
        _news.Sort((first, second) => first.Time.CompareTo(second.Time));
        foreach (Write write in _news)
        {
            long value = write.Value;
            Buffer.MemoryCopy(&value, Copy(group) + write.Offset, write.Bytes, write.Bytes);
        }
    }

    private int OffsetOf(nint address, int bytes)
    {
        foreach ((nint start, nint end, int offset) in _ranges)
        {
            if (address >= start && address + bytes <= end)
            {
                return offset + (int)(address - (start & -RangeAlignment));
            }
        }

        throw new IndexOutOfRangeException($"{bytes} bytes outside every view that the launch was given. Check the indices.");
    }

    // Views may overlap, so ranges that touch become one.
    private static (nint Start, nint End, int Offset)[] Ranges(IrFunction function, ReadOnlySpan<long> leaves)
    {
        List<(nint Start, nint End)> views = [];
        for (int i = 0; i < function.Parameters.Count; i++)
        {
            IrParameter parameter = function.Parameters[i];
            if (parameter.Type.IsPointer && leaves[i] != 0)
            {
                int size = parameter.StructSizeInBytes > 0 ? parameter.StructSizeInBytes : new IrType(parameter.Type.Element).SizeInBytes;
                views.Add(((nint)leaves[i], (nint)(leaves[i] + (leaves[i + 1] * size))));
            }
        }

        List<(nint Start, nint End, int Offset)> ranges = [];
        foreach ((nint start, nint end) in views.OrderBy(view => view.Start))
        {
            if (ranges.Count > 0 && start <= ranges[^1].End)
            {
                ranges[^1] = ranges[^1] with { End = Math.Max(end, ranges[^1].End) };
            }
            else
            {
                long offset = ranges.Count == 0 ? 0 : ranges[^1].Offset + (ranges[^1].End - ranges[^1].Start) + (2 * RangeAlignment);
                ranges.Add((start, end, checked((int)(offset & -RangeAlignment))));
            }
        }

        return [.. ranges];
    }
}
