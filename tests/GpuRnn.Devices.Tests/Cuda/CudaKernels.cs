using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Tests.Cuda;

/// <summary>Kernels for what only this device does.</summary>
public static class CudaKernels
{
    /// <summary>Every work-item of every group counts itself; all groups run at once.</summary>
    [Cooperative]
    public static void CountTogether(ArrayView<int> count) => Atomic.Add(ref count[0], 1);

    /// <summary>Needs more shared memory than a text may declare.</summary>
    public static void ReverseInLargeMemory(ArrayView<int> values)
    {
        ArrayView<int> tile = SharedMemory.Allocate<int>(15_000);
        int place = (Grid.IdxX * Group.DimX) + Group.IdxX;
        tile[14_000 + Group.IdxX] = values[place];

        // After this: the whole tile is there.
        Group.Barrier();
        values[place] = tile[14_000 + Group.DimX - 1 - Group.IdxX];
    }
}
