using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Tests;

/// <summary>Cooperative kernels that go wrong.</summary>
public static class FaultyCooperativeKernels
{
    /// <summary>The same for plain C#, where a driver in the process may have taken the trap of a division away.</summary>
    [Cooperative]
    public static void ThrowInLastGroup(ArrayView<int> ready)
    {
        if (Grid.IdxX == Grid.DimX - 1)
        {
            throw new DivideByZeroException();
        }

        while (GlobalMemory.LoadAcquire(ref ready[2]) == 0)
        {
        }
    }

    /// <summary>All groups wait for the last one, which divides by zero before it would say that it is there.</summary>
    [Cooperative]
    public static void DivideInLastGroup(ArrayView<int> ready)
    {
        if (Grid.IdxX == Grid.DimX - 1)
        {
            ready[0] = 1 / ready[1];
            GlobalMemory.StoreRelease(ref ready[2], 1);
        }

        while (GlobalMemory.LoadAcquire(ref ready[2]) == 0)
        {
        }
    }
}
