using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Tests;

/// <summary>A kernel with everything that only groups have.</summary>
public static class PtxGroupKernels
{
    /// <summary>Work-items of a group.</summary>
    public const int GroupSize = 32;

    private const int Kept = 4;

    /// <summary>Each group reverses its numbers through shared memory of several types; atomic operations count and collect.</summary>
    public static void ReverseAndCount(
        ArrayView1D<int, Stride1D.Dense> target,
        ArrayView1D<int, Stride1D.Dense> counters)
    {
        ArrayView<int> numbers = SharedMemory.Allocate<int>(GroupSize);
        ArrayView<byte> bytes = SharedMemory.Allocate<byte>(GroupSize);
        ArrayView<short> shorts = SharedMemory.Allocate<short>(GroupSize);
        ArrayView<double> doubles = SharedMemory.Allocate<double>(GroupSize);
        int own = Group.IdxX;
        int index = (Grid.IdxX * Group.DimX) + own;
        ArrayView<int> kept = LocalMemory.Allocate<int>(Kept);
        for (int i = 0; i < Kept; i++)
        {
            kept[(own + i) % Kept] = index + (i * 100);
        }

        numbers[own] = kept[own % Kept];
        bytes[own] = (byte)(index + 250);
        shorts[own] = (short)(-index * 1000);
        doubles[own] = index * 0.5;

        // After this: the whole group's numbers are visible to it.
        Group.Barrier();

        int other = GroupSize - 1 - own;
        target[index] = numbers[other] + bytes[other] + shorts[other] + (int)(doubles[other] * 4.0);
        Atomic.Add(ref counters[0], 1);
        Atomic.Or(ref counters[1], index);
        Atomic.Min(ref counters[2], index);
        Atomic.Max(ref counters[3], own);
        int before = Atomic.Add(ref counters[4], 1);
        if (before < 0)
        {
            target[index] = before;
        }
    }

    /// <summary>What the kernel writes at an index.</summary>
    public static int Expected(int index)
    {
        int other = (index / GroupSize * GroupSize) + (GroupSize - 1 - (index % GroupSize));
        return other + (byte)(other + 250) + (short)(-other * 1000) + (other * 2);
    }

    /// <summary>Bounds, and one view that nobody writes.</summary>
    [LaunchBounds(64, MinimumGroupsPerMultiprocessor = 2)]
    public static void Promised([ReadOnlyView] ArrayView<float> source, ArrayView<float> target) => target[Group.IdxX] += source[Group.IdxX];
}
