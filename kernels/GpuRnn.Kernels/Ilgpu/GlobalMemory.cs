using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Ilgpu;

/// <summary>Stands for the model's GlobalMemory in the ILGPU build: atomic updates between fences, which order more than is asked for.</summary>
public static class GlobalMemory
{
    /// <summary>Reads the element; no access behind it happens before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LoadAcquire(ref int source)
    {
        int value = Atomic.Add(ref source, 0);
        MemoryFence.DeviceLevel();
        return value;
    }

    /// <summary>Writes the element; every access before it has happened.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRelease(ref int target, int value)
    {
        MemoryFence.DeviceLevel();
        Atomic.Exchange(ref target, value);
    }

    /// <summary>Adds to the element, wrapping around on overflow; every access before it has happened.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddRelease(ref int target, int value)
    {
        MemoryFence.DeviceLevel();
        Atomic.Add(ref target, value);
    }
}
