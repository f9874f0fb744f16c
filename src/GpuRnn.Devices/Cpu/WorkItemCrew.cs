using GpuRnn.Compiler.Frontend;
using GpuRnn.KernelModel;
using GpuRnn.KernelModel.Execution;

namespace GpuRnn.Devices.Cpu;

/// <summary>Operating-system threads, one for each work-item of a group, that run explicitly grouped kernels group after group.</summary>
/// <remarks>For validation only: a barrier of 256 work-items costs about as many context switches. Threads start when a launch first needs them.</remarks>
internal sealed class WorkItemCrew : IDisposable
{
    private const int MaxGroupSize = 1024;

    // A kernel has no recursion; a small stack lets a large group start quickly.
    private const int StackBytes = 256 * 1024;

    private readonly Lock _gate = new();
    private readonly List<Member> _members = [];
    private readonly CountdownEvent _running = new(1);
    private GroupState? _group;
    private GroupedCall? _call;
    private object[] _arguments = [];
    private volatile bool _isStopping;

    /// <summary>Threads started so far; zero until the first launch of an explicitly grouped kernel.</summary>
    internal int StartedCount
    {
        get
        {
            lock (_gate)
            {
                return _members.Count;
            }
        }
    }

    /// <summary>Stops the threads.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isStopping = true;
            foreach (Member member in _members)
            {
                member.Start.Release();
            }

            foreach (Member member in _members)
            {
                member.Thread.Join();
                member.Start.Dispose();
            }

            _members.Clear();
            _running.Dispose();
        }
    }

    /// <summary>Runs all groups of a launch and returns when they are done.</summary>
    /// <exception cref="DeviceException">The group is too large.</exception>
    /// <exception cref="KernelExecutionException">A work-item threw, or missed a barrier; later groups did not run.</exception>
    internal void Run(KernelEntry entry, KernelConfig config, GroupedCall call, object[] arguments)
    {
        RequireGroupSize(entry, config);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            GroupState group = new(config);
            Enlist(group.Size);
            _group = group;
            _call = call;
            _arguments = arguments;
            try
            {
                RunAll(entry, group, config.GridDim);
            }
            finally
            {
                _group = null;
                _arguments = [];
            }
        }
    }

    /// <summary>Refuses a group that is larger than the device takes.</summary>
    /// <exception cref="DeviceException">It is.</exception>
    internal static void RequireGroupSize(KernelEntry entry, KernelConfig config)
    {
        if (config.GroupDim.LongSize > MaxGroupSize)
        {
            throw new DeviceException(
                $"{entry.Name}: a group of {config.GroupDim.LongSize} work-items arrived, but the device runs at most {MaxGroupSize}. "
                + "Use smaller groups and more of them.");
        }
    }

    private void RunAll(KernelEntry entry, GroupState group, Index3D grid)
    {
        for (long number = 0; number < grid.LongSize; number++)
        {
            Index3D index = new((int)(number % grid.X), (int)(number / grid.X % grid.Y), (int)(number / grid.X / grid.Y));
            group.Begin(index);
            _running.Reset(group.Size);
            for (int i = 0; i < group.Size; i++)
            {
                _members[i].Start.Release();
            }

            _running.Wait();
            if (group.Failure is var (cause, item))
            {
                throw new KernelExecutionException(entry.Name, $"group {index}, work-item {item.Index}", cause);
            }
        }
    }

    private void Enlist(int count)
    {
        while (_members.Count < count)
        {
            int number = _members.Count;
            SemaphoreSlim start = new(0);
            Thread thread = new(() => Serve(number, start), StackBytes) { IsBackground = true, Name = $"GpuRnn work-item {number}" };
            _members.Add(new Member(thread, start));
            thread.Start();
        }
    }

    private void Serve(int number, SemaphoreSlim start)
    {
        while (true)
        {
            start.Wait();
            if (_isStopping)
            {
                return;
            }

            GroupState group = _group!;
            WorkItem item = group[number];
            Exception? failure = null;
            WorkItem.Enter(item);
            try
            {
                _call!(_arguments);
            }
            catch (Exception exception)
            {
                failure = exception;
            }
            finally
            {
                WorkItem.Enter(null);
            }

            group.End(item, failure);
            _running.Signal();
        }
    }

    private sealed record Member(Thread Thread, SemaphoreSlim Start);
}
