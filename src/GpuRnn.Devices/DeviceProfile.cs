namespace GpuRnn.Devices;

/// <summary>What the scheduler may know about a device.</summary>
/// <param name="CoreCount">Threads that run at once; multiprocessors on a GPU.</param>
/// <param name="VectorBits">The widest float vector with hardware behind it, 128, 256 or 512; 32 where work-items are scalar.</param>
/// <param name="L1Bytes">Data cache of one core; null when unknown.</param>
/// <param name="L2Bytes">Second-level cache of one core; null when unknown.</param>
/// <param name="L3Bytes">Last-level cache that cores share; null when unknown.</param>
/// <param name="MemoryBytes">Memory that this process may use at most.</param>
public sealed record DeviceProfile(int CoreCount, int VectorBits, long? L1Bytes, long? L2Bytes, long? L3Bytes, long MemoryBytes)
{
    /// <summary>What limits groups; null on a device that does not tell.</summary>
    public GroupLimits? Groups { get; init; }
}
