using GpuRnn.KernelModel.Execution;

namespace GpuRnn.KernelModel;

/// <summary>The calling work-item's place in its group, and what the group's work-items do together.</summary>
/// <remarks>
/// Everything throws <see cref="InvalidOperationException"/> outside an explicitly grouped kernel. A barrier or collective that not all
/// work-items of the group reach ends the launch with an error on the CPU device; elsewhere it hangs or computes nonsense.
/// </remarks>
public static class Group
{
    /// <summary>The position in the group along X.</summary>
    public static int IdxX => Index.X;

    /// <summary>The position in the group along Y.</summary>
    public static int IdxY => Index.Y;

    /// <summary>The position in the group along Z.</summary>
    public static int IdxZ => Index.Z;

    /// <summary>The position in the group.</summary>
    public static Index3D Index => WorkItem.Current("Group.Index").Index;

    /// <summary>The work-items of a group along X.</summary>
    public static int DimX => Dimension.X;

    /// <summary>The work-items of a group along Y.</summary>
    public static int DimY => Dimension.Y;

    /// <summary>The work-items of a group along Z.</summary>
    public static int DimZ => Dimension.Z;

    /// <summary>The work-items of a group along each axis.</summary>
    public static Index3D Dimension => WorkItem.Current("Group.Dimension").Group.Config.GroupDim;

    /// <summary>The number in the group; X varies fastest.</summary>
    public static int LinearIndex => WorkItem.Current("Group.LinearIndex").Linear;

    /// <summary>True for number 0.</summary>
    public static bool IsFirstThread => LinearIndex == 0;

    /// <summary>True for the highest number.</summary>
    public static bool IsLastThread => LinearIndex == Dimension.Size - 1;

    /// <summary>Waits for all work-items of the group; each then sees what the others wrote before.</summary>
    public static void Barrier() => Await("Group.Barrier", false);

    /// <summary>A barrier that counts the work-items whose predicate holds.</summary>
    public static int BarrierPopCount(bool predicate) => Await("Group.BarrierPopCount", predicate);

    /// <summary>A barrier that tells whether the predicate holds in all work-items.</summary>
    public static bool BarrierAnd(bool predicate) => Await("Group.BarrierAnd", predicate) == Dimension.Size;

    /// <summary>A barrier that tells whether the predicate holds in any work-item.</summary>
    public static bool BarrierOr(bool predicate) => Await("Group.BarrierOr", predicate) > 0;

    /// <summary>Gives every work-item the value of the one with number <paramref name="groupIndex"/>, the same in all; a barrier.</summary>
    public static T Broadcast<T>(T value, int groupIndex)
        where T : unmanaged
    {
        WorkItem item = WorkItem.Current("Group.Broadcast");
        if ((uint)groupIndex >= (uint)item.Group.Size)
        {
            throw new InvalidOperationException(
                $"Group.Broadcast: work-item {groupIndex} arrived, but the group has 0 to {item.Group.Size - 1}. Name one of these.");
        }

        item.Offer(value);
        item.Group.AwaitGroup(item, "Group.Broadcast", false);
        T result = item.Group[groupIndex].Take<T>();

        // After this: nobody still reads the value, and the next collective may overwrite it.
        item.Group.AwaitGroup(item, "Group.Broadcast", false);
        return result;
    }

    private static int Await(string operation, bool predicate)
    {
        WorkItem item = WorkItem.Current(operation);
        return item.Group.AwaitGroup(item, operation, predicate);
    }
}
