namespace GpuRnn.KernelModel;

/// <summary>Orders the calling thread's memory accesses; waits for nobody.</summary>
/// <remarks>On the CPU all levels are the same full fence.</remarks>
public static class MemoryFence
{
    /// <summary>What was written before is seen by the group before what is written after.</summary>
    public static void GroupLevel() => Thread.MemoryBarrier();

    /// <summary>What was written before is seen by the device before what is written after.</summary>
    public static void DeviceLevel() => Thread.MemoryBarrier();

    /// <summary>What was written before is seen by host and devices before what is written after.</summary>
    public static void SystemLevel() => Thread.MemoryBarrier();
}
