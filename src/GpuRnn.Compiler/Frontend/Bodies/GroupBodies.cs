using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Frontend.Bodies;

/// <summary>What the collectives of <see cref="Group"/> mean, in terms of shared memory and barriers.</summary>
internal static class GroupBodies
{
    public static T Broadcast<T>(T value, int groupIndex)
        where T : unmanaged
    {
        ArrayView<T> shared = SharedMemory.Allocate<T>(1);
        if (Group.LinearIndex == groupIndex)
        {
            shared[0] = value;
        }

        // After this: everyone sees the value.
        Group.Barrier();
        T result = shared[0];

        // After this: nobody still reads it, and the next call may overwrite it.
        Group.Barrier();
        return result;
    }

    public static int BarrierPopCount(bool predicate)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(1);
        if (Group.LinearIndex == 0)
        {
            shared[0] = 0;
        }

        // After this: the count is 0.
        Group.Barrier();
        if (predicate)
        {
            Atomic.Add(ref shared[0], 1);
        }

        // After this: everyone has counted.
        Group.Barrier();
        int count = shared[0];

        // After this: nobody still reads the count.
        Group.Barrier();
        return count;
    }

    public static bool BarrierAnd(bool predicate) => BarrierPopCount(!predicate) == 0;

    public static bool BarrierOr(bool predicate) => BarrierPopCount(predicate) > 0;
}
