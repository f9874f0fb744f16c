using GpuRnn.Compiler.Frontend;
using GpuRnn.KernelModel;
using GpuRnn.KernelModel.Execution;

namespace GpuRnn.Devices.Cpu;

/// <summary>Operating-system threads, one for each work-item of a group, that run explicitly grouped kernels group after group.</summary>
/// <remarks>
/// For validation only: a barrier of 256 work-items costs about as many context switches. Threads start when a launch first needs them. A
/// cooperative kernel has all its groups at once, and so a thread for each work-item of the launch.
/// </remarks>
internal sealed class WorkItemCrew : IDisposable
{
    internal const int MaxGroupSize = 1024;

    private readonly Lock _gate = new();
    private readonly ThreadCrew _threads = new("GpuRnn work-item");

    /// <summary>Threads started so far; zero until the first launch of an explicitly grouped kernel.</summary>
    internal int StartedCount => _threads.StartedCount;

    /// <summary>Stops the threads.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _threads.Dispose();
        }
    }

    /// <summary>Runs all groups of a launch and returns when they are done.</summary>
    /// <exception cref="DeviceException">The group is too large.</exception>
    /// <exception cref="KernelExecutionException">A work-item threw, or missed a barrier; later groups did not run.</exception>
    internal void Run(KernelEntry entry, KernelConfig config, GroupedCall call, object[] arguments)
    {
        RequireGroupSize(entry, config);
        Index3D grid = config.GridDim;
        lock (_gate)
        {
            if (entry.IsCooperative)
            {
                RunTogether(entry, [.. Enumerable.Range(0, grid.Size).Select(number => Begun(new GroupState(config), grid, number))], call, arguments);
                return;
            }

            GroupState group = new(config);
            for (long number = 0; number < grid.LongSize; number++)
            {
                RunTogether(entry, [Begun(group, grid, number)], call, arguments);
            }
        }
    }

    /// <summary>The groups of a cooperative kernel that run at once.</summary>
    internal static ResidentGroups MaxResidentGroups(int groupSize) =>
        new(MaxGroupSize / groupSize, $"plain C# takes a thread for each of at most {MaxGroupSize} work-items, and a group has {groupSize}");

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

    private static GroupState Begun(GroupState group, Index3D grid, long number)
    {
        group.Begin(new Index3D((int)(number % grid.X), (int)(number / grid.X % grid.Y), (int)(number / grid.X / grid.Y)));
        return group;
    }

    private void RunTogether(KernelEntry entry, GroupState[] groups, GroupedCall call, object[] arguments)
    {
        int size = groups[0].Size;
        LaunchState launch = new();
        _threads.Run(groups.Length * size, number => RunItem(launch, groups[number / size], number % size, call, arguments));
        foreach (GroupState group in groups)
        {
            if (group.Failure is (Exception cause, WorkItem item))
            {
                throw new KernelExecutionException(entry.Name, $"group {group.GridIndex}, work-item {item.Index}", cause);
            }
        }
    }

    private static void RunItem(LaunchState launch, GroupState group, int number, GroupedCall call, object[] arguments)
    {
        WorkItem item = group[number];
        Exception? failure = null;
        WorkItem.Enter(item);
        Waiting.Enter(launch);
        try
        {
            call(arguments);
        }
        catch (Exception exception)
        {
            failure = exception;
            launch.Abort();
        }
        finally
        {
            WorkItem.Enter(null);
            Waiting.Enter(null);
        }

        group.End(item, failure);
    }
}
