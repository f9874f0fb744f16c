using GpuRnn.KernelModel.Execution;

namespace GpuRnn.KernelModel;

/// <summary>Memory of one work-item alone, gone when it ends; undefined until written.</summary>
/// <remarks>On the CPU device each call allocates from the collected heap; with validation on, the memory begins as NaNs.</remarks>
public static class LocalMemory
{
    /// <summary><paramref name="extent"/> elements side by side.</summary>
    /// <param name="extent">A constant, for devices other than the CPU.</param>
    public static ArrayView<T> Allocate<T>(int extent)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(extent);
        return GroupState.View<T>(GroupState.Memory(Interop.SizeOf<T>(), extent), extent);
    }

    /// <summary><paramref name="extent"/> elements side by side.</summary>
    public static ArrayView1D<T, Stride1D.Dense> Allocate1D<T>(Index1D extent)
        where T : unmanaged => Allocate<T>(extent.X);

    /// <summary><paramref name="extent"/> positions with a stride.</summary>
    public static ArrayView1D<T, TStride> Allocate1D<T, TStride>(Index1D extent, TStride stride)
        where T : unmanaged
        where TStride : struct, IStride1D => new(Allocate<T>(stride.ComputeBufferLength(extent)), extent.ToLongIndex(), stride);

    /// <summary>A matrix with a stride.</summary>
    public static ArrayView2D<T, TStride> Allocate2D<T, TStride>(Index2D extent, TStride stride)
        where T : unmanaged
        where TStride : struct, IStride2D => new(Allocate<T>(stride.ComputeBufferLength(extent)), extent, stride);
}
