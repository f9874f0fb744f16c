namespace GpuRnn.Kernels.Persistent;

/// <summary>How many tiles a warp has side by side: a number as a type, so that sums are registers.</summary>
public interface ITileCount
{
    /// <summary>The number.</summary>
    static abstract int Count { get; }
}
