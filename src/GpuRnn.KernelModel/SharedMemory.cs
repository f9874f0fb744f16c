using GpuRnn.KernelModel.Execution;

namespace GpuRnn.KernelModel;

/// <summary>Memory that the work-items of one group share; undefined until written.</summary>
/// <remarks>
/// Every work-item makes the same allocations in the same order: the n-th of each means the same memory. With validation on, it begins as
/// NaNs. Throws <see cref="InvalidOperationException"/> outside an explicitly grouped kernel.
/// </remarks>
public static class SharedMemory
{
    /// <summary>One element.</summary>
    public static ref T Allocate<T>()
        where T : unmanaged => ref Allocate<T>(1)[0];

    /// <summary><paramref name="extent"/> elements side by side.</summary>
    /// <param name="extent">A constant, for devices other than the CPU.</param>
    public static ArrayView<T> Allocate<T>(int extent)
        where T : unmanaged
    {
        WorkItem item = WorkItem.Current("SharedMemory.Allocate");
        SharedBlock block = item.Group.Share(item, typeof(T), Interop.SizeOf<T>(), extent);
        return GroupState.View<T>(block.Bytes, extent);
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

    /// <summary>A column-major matrix without padding.</summary>
    public static ArrayView2D<T, Stride2D.DenseX> Allocate2DDenseX<T>(in Index2D extent)
        where T : unmanaged => Allocate2D<T, Stride2D.DenseX>(extent, Stride2D.DenseX.FromExtent(extent));

    /// <summary>A row-major matrix without padding.</summary>
    public static ArrayView2D<T, Stride2D.DenseY> Allocate2DDenseY<T>(in Index2D extent)
        where T : unmanaged => Allocate2D<T, Stride2D.DenseY>(extent, Stride2D.DenseY.FromExtent(extent));

    /// <summary>The memory that the launch asked for in its <see cref="SharedMemoryConfig"/>, as many whole elements as it holds.</summary>
    public static ArrayView<T> GetDynamic<T>()
        where T : unmanaged
    {
        WorkItem item = WorkItem.Current("SharedMemory.GetDynamic");
        SharedMemoryConfig config = item.Group.Config.SharedMemoryConfig;
        int length = config.ArraySize / Interop.SizeOf<T>();
        return GroupState.View<T>(item.Group.Dynamic(config.ArraySize), length);
    }
}
