namespace GpuRnn.KernelModel;

/// <summary>How many numbers a vector holds, as a type argument, so that one kernel source serves every width.</summary>
public interface ILaneCount
{
    /// <summary>4, 8 or 16.</summary>
    static abstract int Count { get; }
}
