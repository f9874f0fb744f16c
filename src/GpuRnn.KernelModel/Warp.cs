using GpuRnn.KernelModel.Execution;

namespace GpuRnn.KernelModel;

/// <summary>A run of work-items of a group with neighbouring numbers, and what they do together.</summary>
/// <remarks>
/// Everything but the size throws <see cref="InvalidOperationException"/> outside an explicitly grouped kernel. All work-items of the warp
/// must call a collective, as with a barrier. The last warp of a group may be short; reading a lane that does not exist gives the own value.
/// </remarks>
public static class Warp
{
    private const int Size = 32;

    /// <summary>The number of lanes; 32 on the CPU device, but kernels must not rely on it.</summary>
    public static int WarpSize => Size;

    /// <summary>The work-item's number in its warp.</summary>
    public static int LaneIdx => WorkItem.Current("Warp.LaneIdx").Lane;

    /// <summary>True for lane 0.</summary>
    public static bool IsFirstLane => LaneIdx == 0;

    /// <summary>True for the highest lane of a full warp.</summary>
    public static bool IsLastLane => LaneIdx == Size - 1;

    /// <summary>The warp's number in its group.</summary>
    public static int WarpIdx => WorkItem.Current("Warp.WarpIdx").Warp;

    /// <summary>The number of the warp that holds work-item <paramref name="groupThreadIdx"/>.</summary>
    public static int ComputeWarpIdx(Index1D groupThreadIdx) => groupThreadIdx.X / Size;

    /// <summary>The lane of work-item <paramref name="groupThreadIdx"/>.</summary>
    public static int ComputeWarpThreadIdx(Index1D groupThreadIdx) => groupThreadIdx.X % Size;

    /// <summary>Waits for all work-items of the warp; each then sees what the others wrote before.</summary>
    public static void Barrier()
    {
        WorkItem item = WorkItem.Current("Warp.Barrier");
        item.Group.AwaitWarp(item, "Warp.Barrier");
    }

    /// <summary>The value of lane <paramref name="sourceLane"/>.</summary>
    public static T Shuffle<T>(T variable, int sourceLane)
        where T : unmanaged => Shuffle(variable, sourceLane, Size);

    /// <summary>The value of lane <paramref name="sourceLane"/> of the own section of <paramref name="width"/> lanes.</summary>
    /// <param name="variable">What the own lane offers.</param>
    /// <param name="sourceLane">Counted within the section; wraps around.</param>
    /// <param name="width">A power of two, at most the warp's size.</param>
    public static T Shuffle<T>(T variable, int sourceLane, int width)
        where T : unmanaged
    {
        WorkItem item = WorkItem.Current("Warp.Shuffle");
        return Exchange(item, "Warp.Shuffle", variable, FirstLane(item, width) + (sourceLane & (width - 1)));
    }

    /// <summary>The value of the lane <paramref name="delta"/> above the own.</summary>
    public static T ShuffleDown<T>(T variable, int delta)
        where T : unmanaged => ShuffleDown(variable, delta, Size);

    /// <summary>The value of the lane <paramref name="delta"/> above the own; the own value past the section's end.</summary>
    public static T ShuffleDown<T>(T variable, int delta, int width)
        where T : unmanaged
    {
        WorkItem item = WorkItem.Current("Warp.ShuffleDown");
        int source = item.Lane + delta;
        return Exchange(item, "Warp.ShuffleDown", variable, source < FirstLane(item, width) + width ? source : item.Lane);
    }

    /// <summary>The value of the lane <paramref name="delta"/> below the own.</summary>
    public static T ShuffleUp<T>(T variable, int delta)
        where T : unmanaged => ShuffleUp(variable, delta, Size);

    /// <summary>The value of the lane <paramref name="delta"/> below the own; the own value before the section's start.</summary>
    public static T ShuffleUp<T>(T variable, int delta, int width)
        where T : unmanaged
    {
        WorkItem item = WorkItem.Current("Warp.ShuffleUp");
        int source = item.Lane - delta;
        return Exchange(item, "Warp.ShuffleUp", variable, source >= FirstLane(item, width) ? source : item.Lane);
    }

    /// <summary>The value of the lane whose number differs from the own in the bits of <paramref name="mask"/>.</summary>
    public static T ShuffleXor<T>(T variable, int mask)
        where T : unmanaged => ShuffleXor(variable, mask, Size);

    /// <summary>The value of the lane whose number differs in the bits of <paramref name="mask"/>; the own value past the section's end.</summary>
    public static T ShuffleXor<T>(T variable, int mask, int width)
        where T : unmanaged
    {
        WorkItem item = WorkItem.Current("Warp.ShuffleXor");
        int source = item.Lane ^ mask;
        return Exchange(item, "Warp.ShuffleXor", variable, source < FirstLane(item, width) + width ? source : item.Lane);
    }

    /// <summary>Gives every lane the value of lane <paramref name="sourceLane"/>, the same in all.</summary>
    public static T Broadcast<T>(T value, int sourceLane)
        where T : unmanaged
    {
        WorkItem item = WorkItem.Current("Warp.Broadcast");
        return Exchange(item, "Warp.Broadcast", value, sourceLane);
    }

    private static int FirstLane(WorkItem item, int width) => item.Lane & ~(width - 1);

    private static T Exchange<T>(WorkItem item, string operation, T value, int sourceLane)
        where T : unmanaged
    {
        item.Offer(value);
        item.Group.AwaitWarp(item, operation);
        int source = (item.Warp * Size) + sourceLane;
        bool exists = (uint)sourceLane < Size && source < item.Group.Size;
        T result = exists ? item.Group[source].Take<T>() : value;

        // After this: nobody still reads the value, and the next collective may overwrite it.
        item.Group.AwaitWarp(item, operation);
        return result;
    }
}
