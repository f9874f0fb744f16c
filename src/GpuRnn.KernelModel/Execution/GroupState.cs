using System.Runtime.InteropServices;

namespace GpuRnn.KernelModel.Execution;

/// <summary>What the work-items of one running group share: barriers, shared memory, and the first failure.</summary>
/// <remarks>
/// One lock guards everything, so that a state in which nobody can go on is seen at once: when all work-items have either ended or wait,
/// some barrier was not reached by all. That is an error of the kernel, and reporting it ends the group instead of hanging it.
/// </remarks>
internal sealed class GroupState
{
    private readonly Lock _shareLock = new();
    private readonly object _gate = new();
    private readonly List<SharedBlock> _blocks = [];
    private readonly BarrierState _groupBarrier;
    private readonly BarrierState[] _warpBarriers;
    private readonly WorkItem[] _items;
    private byte[]? _dynamic;
    private int _waiting;
    private int _ended;
    private volatile bool _hasFailed;

    internal GroupState(KernelConfig config)
    {
        Config = config;
        Size = config.GroupDim.Size;
        _groupBarrier = new BarrierState("group", Size);
        _warpBarriers = new BarrierState[XMath.DivRoundUp(Size, Warp.WarpSize)];
        for (int warp = 0; warp < _warpBarriers.Length; warp++)
        {
            _warpBarriers[warp] = new BarrierState("warp", Math.Min(Warp.WarpSize, Size - (warp * Warp.WarpSize)));
        }

        _items = new WorkItem[Size];
        for (int i = 0; i < Size; i++)
        {
            _items[i] = new WorkItem(this, i);
        }
    }

    internal KernelConfig Config { get; }

    internal int Size { get; }

    internal Index3D GridIndex { get; private set; }

    /// <summary>The first failure of this group, and the work-item that had it; null while there is none.</summary>
    internal (Exception Cause, WorkItem Item)? Failure { get; private set; }

    internal WorkItem this[int linear] => _items[linear];

    /// <summary>Makes the state ready for another group; no work-item runs.</summary>
    internal void Begin(Index3D gridIndex)
    {
        GridIndex = gridIndex;
        _blocks.Clear();
        _dynamic = null;
        _waiting = 0;
        _ended = 0;
        foreach (WorkItem item in _items)
        {
            item.Begin();
        }
    }

    /// <summary>Tells that <paramref name="item"/> has returned or thrown <paramref name="failure"/>.</summary>
    internal void End(WorkItem item, Exception? failure)
    {
        lock (_gate)
        {
            _ended++;
            if (failure is not null and not GroupAbortedException && Failure is null)
            {
                Fail(failure, item);
            }

            RequireProgress(item);
        }
    }

    /// <summary>Waits for the group; returns how many work-items passed a true predicate.</summary>
    internal int AwaitGroup(WorkItem item, string operation, bool predicate) => Await(_groupBarrier, item, operation, predicate);

    /// <summary>Waits for the work-item's warp.</summary>
    internal void AwaitWarp(WorkItem item, string operation) =>
        Await(_warpBarriers[item.Linear / Warp.WarpSize], item, operation, false);

    /// <summary>The memory of the work-item's next shared allocation, the same for all work-items of the group.</summary>
    internal SharedBlock Share(WorkItem item, Type elementType, int elementSize, int length)
    {
        lock (_shareLock)
        {
            int number = item.NextSharedAllocation();
            if (number == _blocks.Count)
            {
                _blocks.Add(new SharedBlock(elementType, length, Memory(elementSize, length)));
            }

            SharedBlock block = _blocks[number];
            if (block.ElementType != elementType || block.Length != length)
            {
                throw new InvalidOperationException(
                    $"SharedMemory: allocation {number} is {length} elements of {elementType.Name} in work-item {item.Linear}, but "
                    + $"{block.Length} of {block.ElementType.Name} in another of its group. Make the same allocations in the same order everywhere.");
            }

            return block;
        }
    }

    /// <summary>The memory that the launch asked for, one piece a group.</summary>
    internal byte[] Dynamic(int sizeInBytes)
    {
        lock (_shareLock)
        {
            return _dynamic ??= Memory(1, sizeInBytes);
        }
    }

    // Pinned, because a view holds an address; aligned by the caller. Shared memory begins undefined, which NaNs make visible.
    internal static byte[] Memory(int elementSize, int length)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(checked((elementSize * length) + Alignment), pinned: true);
        bytes.AsSpan().Fill(Validation.IsEnabled ? (byte)0xFF : (byte)0);
        return bytes;
    }

    internal static unsafe ArrayView<T> View<T>(byte[] bytes, int length)
        where T : unmanaged
    {
        nint address = (nint)Marshal.UnsafeAddrOfPinnedArrayElement(bytes, 0);
        return new ArrayView<T>(bytes, (T*)((address + Alignment - 1) & -Alignment), length);
    }

    private const int Alignment = 64;

    private int Await(BarrierState barrier, WorkItem item, string operation, bool predicate)
    {
        lock (_gate)
        {
            RequireRunning();
            if (barrier.Arrived == 0)
            {
                barrier.Operation = operation;
                barrier.PredicateCount = 0;
            }
            else if (barrier.Operation != operation)
            {
                throw new InvalidOperationException(
                    $"work-item {item.Linear} called {operation} while others of its {barrier.Scope} wait in {barrier.Operation}, "
                    + "but all must call the same. Move the call out of the branch.");
            }

            barrier.PredicateCount += predicate ? 1 : 0;
            if (++barrier.Arrived == barrier.Participants)
            {
                _waiting -= barrier.Participants - 1;
                barrier.Arrived = 0;
                barrier.LastPredicateCount = barrier.PredicateCount;
                Wake(barrier);
                return barrier.LastPredicateCount;
            }

            item.PrepareToSleep();
            barrier.Waiting.Add(item);
            _waiting++;
            RequireProgress(item);
        }

        // Without the lock, for which those just woken would queue: what woke this work-item wrote both before it did.
        item.Sleep();
        RequireRunning();

        // The next phase cannot end before this work-item has arrived there, so the count is still this phase's.
        return barrier.LastPredicateCount;
    }

    private static void Wake(BarrierState barrier)
    {
        foreach (WorkItem waiting in barrier.Waiting)
        {
            waiting.Wake();
        }

        barrier.Waiting.Clear();
    }

    private void RequireRunning()
    {
        if (_hasFailed)
        {
            throw new GroupAbortedException();
        }
    }

    private void RequireProgress(WorkItem item)
    {
        if (Failure is null && _waiting > 0 && _waiting + _ended == Size)
        {
            BarrierState stuck = _groupBarrier.Arrived > 0 ? _groupBarrier : Array.Find(_warpBarriers, b => b.Arrived > 0)!;
            Fail(
                new InvalidOperationException(
                    $"{stuck.Operation} was reached by {stuck.Arrived} of the {stuck.Participants} work-items of a {stuck.Scope}, but all must reach it. "
                    + "Move it out of the branch, or let no work-item return before it."),
                item);
        }
    }

    private void Fail(Exception cause, WorkItem item)
    {
        Failure = (cause, item);
        _hasFailed = true;
        Wake(_groupBarrier);
        Array.ForEach(_warpBarriers, Wake);
    }
}
