using GpuRnn.KernelModel.Execution;

namespace GpuRnn.KernelModel;

/// <summary>Reads and writes of an element by which the groups of a launch tell each other that their other writes are there.</summary>
/// <remarks>
/// A work-item that reads with <see cref="LoadAcquire"/> what another wrote with a release sees everything that the other had written or seen
/// before, all over the device. A release does so for its whole group where a barrier stands between the group's writes and it, and an
/// acquire where a barrier stands between it and the group's reads. The element lies in a buffer, never in shared or local memory.
/// </remarks>
public static class GlobalMemory
{
    /// <summary>Reads the element; no access behind it happens before it.</summary>
    /// <remarks>A loop around it waits for another group, which only a kernel with <see cref="CooperativeAttribute"/> may do.</remarks>
    public static int LoadAcquire(ref int source)
    {
        Waiting.Step();
        return Volatile.Read(ref source);
    }

    /// <summary>Writes the element; every access before it has happened.</summary>
    public static void StoreRelease(ref int target, int value) => Volatile.Write(ref target, value);

    /// <summary>Adds to the element, wrapping around on overflow; every access before it has happened.</summary>
    /// <remarks>Sums of several releases count for all of them: who reads the sum with acquire sees what each had written.</remarks>
    public static void AddRelease(ref int target, int value) => Interlocked.Add(ref target, value);
}
