using System.Diagnostics.CodeAnalysis;

namespace GpuRnn.KernelModel.Execution;

/// <summary>One work-item of an explicitly grouped launch; its thread finds it in <see cref="Current"/>.</summary>
internal sealed class WorkItem
{
    [ThreadStatic]
    private static WorkItem? s_current;

    private readonly object _wakeGate = new();
    private int _sharedAllocations;
    private bool _isAwake;

    internal WorkItem(GroupState group, int linear)
    {
        Group = group;
        Linear = linear;
        Index3D extent = group.Config.GroupDim;
        Index = new Index3D(linear % extent.X, linear / extent.X % extent.Y, linear / extent.X / extent.Y);
    }

    internal GroupState Group { get; }

    /// <summary>The position in the group; X varies fastest.</summary>
    internal int Linear { get; }

    internal Index3D Index { get; }

    /// <summary>What a collective operation hands to other work-items, between two barriers.</summary>
    internal byte[] Exchange { get; private set; } = new byte[64];

    /// <summary>The copies that go on behind the work-item's back.</summary>
    internal CopyQueue Copies { get; } = new();

    internal int Warp => Linear / KernelModel.Warp.WarpSize;

    internal int Lane => Linear % KernelModel.Warp.WarpSize;

    /// <summary>The work-item of the calling thread.</summary>
    /// <exception cref="InvalidOperationException">The thread runs no explicitly grouped kernel.</exception>
    internal static WorkItem Current(string member) => s_current ?? ThrowNoGroup(member);

    /// <summary>Makes the calling thread run as <paramref name="item"/>, null for as none.</summary>
    internal static void Enter(WorkItem? item) => s_current = item;

    internal void Begin()
    {
        _sharedAllocations = 0;
        Copies.Clear();
    }

    /// <summary>Makes the next <see cref="Sleep"/> last until <see cref="Wake"/>; called before others can know of it.</summary>
    internal void PrepareToSleep() => _isAwake = false;

    /// <summary>Blocks the work-item's thread until another calls <see cref="Wake"/>.</summary>
    internal void Sleep()
    {
        lock (_wakeGate)
        {
            while (!_isAwake)
            {
                Monitor.Wait(_wakeGate);
            }
        }
    }

    internal void Wake()
    {
        lock (_wakeGate)
        {
            _isAwake = true;
            Monitor.Pulse(_wakeGate);
        }
    }

    internal int NextSharedAllocation() => _sharedAllocations++;

    internal unsafe void Offer<T>(T value)
        where T : unmanaged
    {
        if (Exchange.Length < sizeof(T))
        {
            Exchange = new byte[sizeof(T)];
        }

        System.Runtime.CompilerServices.Unsafe.WriteUnaligned(ref Exchange[0], value);
    }

    internal T Take<T>()
        where T : unmanaged => System.Runtime.CompilerServices.Unsafe.ReadUnaligned<T>(ref Exchange[0]);

    [DoesNotReturn]
    private static WorkItem ThrowNoGroup(string member) =>
        throw new InvalidOperationException(
            $"{member}: called outside an explicitly grouped kernel, but it needs a group. "
            + "Launch with a KernelConfig a kernel that has no index parameter.");
}
