using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Frontend.Bodies;

/// <summary>What the collectives of <see cref="Warp"/> mean, in terms of one: the value of another lane.</summary>
internal static class WarpBodies
{
    public static T Shuffle<T>(T variable, int sourceLane)
        where T : unmanaged => FromLane(variable, sourceLane & (Warp.WarpSize - 1));

    public static T Shuffle<T>(T variable, int sourceLane, int width)
        where T : unmanaged => FromLane(variable, FirstLane(width) + (sourceLane & (width - 1)));

    public static T ShuffleDown<T>(T variable, int delta)
        where T : unmanaged => ShuffleDown(variable, delta, Warp.WarpSize);

    public static T ShuffleDown<T>(T variable, int delta, int width)
        where T : unmanaged
    {
        int source = Warp.LaneIdx + delta;
        return FromLane(variable, source < FirstLane(width) + width ? source : Warp.LaneIdx);
    }

    public static T ShuffleUp<T>(T variable, int delta)
        where T : unmanaged => ShuffleUp(variable, delta, Warp.WarpSize);

    public static T ShuffleUp<T>(T variable, int delta, int width)
        where T : unmanaged
    {
        int source = Warp.LaneIdx - delta;
        return FromLane(variable, source >= FirstLane(width) ? source : Warp.LaneIdx);
    }

    public static T ShuffleXor<T>(T variable, int mask)
        where T : unmanaged => ShuffleXor(variable, mask, Warp.WarpSize);

    public static T ShuffleXor<T>(T variable, int mask, int width)
        where T : unmanaged
    {
        int source = Warp.LaneIdx ^ mask;
        return FromLane(variable, source < FirstLane(width) + width ? source : Warp.LaneIdx);
    }

    public static T Broadcast<T>(T value, int sourceLane)
        where T : unmanaged => FromLane(value, sourceLane);

    /// <summary>The value of a lane, the own one when the warp has no such lane; the compiler knows it and never looks at this body.</summary>
    public static T FromLane<T>(T value, int sourceLane)
        where T : unmanaged => Warp.Broadcast(value, sourceLane);

    private static int FirstLane(int width) => Warp.LaneIdx & ~(width - 1);
}
