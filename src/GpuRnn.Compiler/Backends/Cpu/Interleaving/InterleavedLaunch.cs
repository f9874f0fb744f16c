using GpuRnn.Compiler.Ir;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Backends.Cpu.Interleaving;

/// <summary>One launch whose work-items all exist at once and take turns, one region at a time, on the calling thread.</summary>
/// <remarks>
/// A region ends before each access to global memory and at each barrier, so a work-item between two regions is a number: the region that
/// follows. What it computed lies in the group's workspace. The hooks that generated code calls find the launch through the thread.
/// </remarks>
internal sealed unsafe class InterleavedLaunch
{
    // A wait that looked so often while nobody changed anything will never end. Some looks in vain are a kernel's right.
    private const int VainLooks = 64;
    private const int VainLooksInTurns = 4096;

    private static readonly double[] s_eagerness = [0, 0, 0.5, 1];

    [ThreadStatic]
    private static InterleavedLaunch? s_current;

    private readonly InterleavedProgram _program;
    private readonly Random _random;
    private readonly double _eagerness;
    private readonly ItemScheduler _scheduler;
    private readonly GroupViews _views;
    private readonly CpuWorkspace[] _workspaces;
    private readonly Index3D[] _positions;
    private readonly int _size;
    private readonly int _warps;
    private readonly int[] _next;
    private readonly int[] _arrived;
    private readonly int[] _arrivedInWarp;
    private readonly (nint Address, int Value)[] _lastLook;
    private readonly List<int> _sleepers = [];
    private int _item;
    private bool _looksAgain;
    private nint _pendingAddress;
    private int _pendingBytes;
    private bool _isPendingAtomic;
    private int _unfinished;
    private long _vainLooks;
    private int _seenReleases;

    internal InterleavedLaunch(InterleavedProgram program, KernelConfig config, CpuWorkspace[] workspaces, GroupViews views, int seed)
    {
        _program = program;
        _workspaces = workspaces;
        _views = views;
        _random = new Random(seed);
        _eagerness = s_eagerness[_random.Next(s_eagerness.Length)];
        _size = config.GroupDim.Size;
        _warps = (_size + WarpLanes.Count - 1) / WarpLanes.Count;
        int groups = config.GridDim.Size;
        _scheduler = new ItemScheduler(_random, groups, _size);
        _next = new int[groups * _size];
        _arrived = new int[groups];
        _arrivedInWarp = new int[groups * _warps];
        _lastLook = new (nint, int)[groups * _size];
        _unfinished = groups * _size;
        Index3D extent = config.GroupDim;
        _positions = [.. Enumerable.Range(0, _size).Select(item => new Index3D(item % extent.X, item / extent.X % extent.Y, item / extent.X / extent.Y))];
    }

    /// <summary>The group whose work-item ran last.</summary>
    internal int Group => _item / _size;

    /// <summary>Runs all work-items to their ends.</summary>
    /// <exception cref="GroupDeadlockException">All that have not ended wait for each other.</exception>
    /// <exception cref="InvalidOperationException">Work-items that must meet are at different places, or have ended.</exception>
    internal void Run(long* leaves)
    {
        s_current = this;
        try
        {
            while (_unfinished > 0)
            {
                if (_scheduler.ReadyCount == 0)
                {
                    WakeOrFail();
                }

                _item = _scheduler.Next();
                Step(leaves);
            }
        }
        finally
        {
            s_current = null;
        }
    }

    internal static nint PlaceOfLoad(nint address, int bytes)
    {
        InterleavedLaunch launch = s_current!;
        nint seen = (nint)launch._views.Seen(launch.Group, address, bytes);
        launch._views.NoteRead(launch.Group, address, bytes);
        return launch._eagerness > 0 && launch._random.NextDouble() < launch._eagerness ? address : seen;
    }

    internal static nint PlaceOfStore(nint address, int bytes) => s_current!.Expect(address, bytes, false);

    internal static nint PlaceOfAtomic(nint address, int bytes) => s_current!.Expect(address, bytes, true);

    internal static int LoadAcquire(nint address, int isOrdered) => s_current!.Look(address, isOrdered != 0);

    internal static void StoreRelease(nint address, int value, int isOrdered)
    {
        InterleavedLaunch launch = s_current!;
        launch._views.Release(launch.Group, address, value, false, isOrdered != 0);
    }

    internal static void AddRelease(nint address, int value, int isOrdered)
    {
        InterleavedLaunch launch = s_current!;
        launch._views.Release(launch.Group, address, value, true, isOrdered != 0);
    }

    // A region has one access at most, so what it does is known when it has ended.
    private nint Expect(nint address, int bytes, bool isAtomic)
    {
        nint seen = (nint)_views.Seen(Group, address, bytes);
        (_pendingAddress, _pendingBytes, _isPendingAtomic) = (address, bytes, isAtomic);
        return isAtomic ? address : seen;
    }

    private int Look(nint address, bool isOrdered)
    {
        int value = _views.Acquire(Group, address, isOrdered);
        _looksAgain = _lastLook[_item] == (address, value);
        _lastLook[_item] = (address, value);
        _vainLooks++;
        return value;
    }

    private void Step(long* leaves)
    {
        int group = Group;
        CpuFrame* frame = _workspaces[group].Frame;
        Index3D position = _positions[_item % _size];
        (frame->StartX, frame->StartY, frame->StartZ) = (position.X, position.Y, position.Z);
        (frame->EndX, frame->EndY, frame->EndZ) = (position.X + 1, position.Y + 1, position.Z + 1);
        _looksAgain = false;
        _pendingBytes = 0;
        int next = _program.Region(_next[_item])(leaves, frame);
        _next[_item] = next;
        if (_pendingBytes > 0 && _isPendingAtomic)
        {
            _views.CommitAtomic(group, _pendingAddress, _pendingBytes);
        }
        else if (_pendingBytes > 0)
        {
            _views.Commit(group, _pendingAddress, _pendingBytes);
        }

        if (_views.ReleaseCount != _seenReleases)
        {
            _seenReleases = _views.ReleaseCount;
            Progress();
        }

        GoOn(group, next);
    }

    private void GoOn(int group, int next)
    {
        if (next < 0)
        {
            _scheduler.Stop(_item);
            _unfinished--;
            Progress();
            return;
        }

        int inGroup = _item % _size;
        switch (_program.MeetingBefore(next))
        {
            case RegionMeeting.Group:
                Meet(ref _arrived[group], group * _size, _size);
                break;
            case RegionMeeting.Warp:
                int warp = inGroup / WarpLanes.Count;
                int first = warp * WarpLanes.Count;
                Meet(ref _arrivedInWarp[(group * _warps) + warp], (group * _size) + first, Math.Min(WarpLanes.Count, _size - first));
                break;
            default:
                if (_looksAgain)
                {
                    _scheduler.Stop(_item);
                    _sleepers.Add(_item);
                }

                // Whoever looks at several elements in turns never sleeps.
                RequireProgress(VainLooksInTurns);

                break;
        }
    }

    private void Meet(ref int arrived, int first, int count)
    {
        _scheduler.Stop(_item);
        if (++arrived < count)
        {
            return;
        }

        arrived = 0;
        for (int item = first; item < first + count; item++)
        {
            if (_next[item] != _next[first])
            {
                throw Disagreement();
            }

            _scheduler.Start(item);
        }

        Progress();
    }

    // Whoever waits looks again behind anything that could end a wait.
    private void Progress()
    {
        _vainLooks = 0;
        _sleepers.ForEach(_scheduler.Start);
        _sleepers.Clear();
    }

    private void WakeOrFail()
    {
        if (_sleepers.Count == 0)
        {
            throw Disagreement();
        }

        RequireProgress(VainLooks);
        _sleepers.ForEach(_scheduler.Start);
        _sleepers.Clear();
    }

    private void RequireProgress(int looksOfAWorkItem)
    {
        if (_vainLooks > (long)looksOfAWorkItem * _unfinished)
        {
            int waiter = _sleepers.Count > 0 ? _sleepers[0] : _item;
            throw new GroupDeadlockException(
                $"{_program.Entry.Name}: {_unfinished} work-items have not ended and wait for each other; work-item {_positions[waiter % _size]} of group "
                + $"{_workspaces[waiter / _size].GroupPosition}, for one, acquires an element that stays {_lastLook[waiter].Value}. "
                + "Let every group release before it waits, and count all groups.");
        }
    }

    private InvalidOperationException Disagreement() => new(
        $"{_program.Entry.Name}: work-items of a group reached different barriers or have ended, but all must reach the same. "
        + "Move the barrier out of the branch.");
}
