namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>How the lanes of a warp lie among the work-items of a group.</summary>
internal static class WarpLanes
{
    /// <summary>Work-items of a warp, those with neighbouring linear numbers.</summary>
    internal const int Count = 1 << Shift;

    internal const int Shift = 5;

    /// <summary>The work-item whose value a collective gives: that of the lane, the own one when the warp has no such lane.</summary>
    internal static int Source(int lane, int item, int groupSize)
    {
        int source = (item & -Count) + lane;
        return (uint)lane < Count && source < groupSize ? source : item;
    }
}
