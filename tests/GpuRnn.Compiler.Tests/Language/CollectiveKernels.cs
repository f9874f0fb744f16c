using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Tests.Language;

/// <summary>Kernels of what the work-items of a warp or of a group do together.</summary>
public static class CollectiveKernels
{
    /// <summary>Every shuffle with and without a width, lanes beyond the warp and beyond a short last warp among them.</summary>
    public static void Shuffles(ArrayView1D<int, Stride1D.Dense> target, int by)
    {
        int item = Grid.GlobalLinearIndex;
        int own = (item * 1000) + Warp.LaneIdx;
        int count = Grid.Dimension.Size * Group.Dimension.Size;
        target[item] = Warp.Shuffle(own, by);
        target[count + item] = Warp.Shuffle(own, by + 3, 8);
        target[(2 * count) + item] = Warp.ShuffleDown(own, by);
        target[(3 * count) + item] = Warp.ShuffleDown(own, by, 16);
        target[(4 * count) + item] = Warp.ShuffleUp(own, by);
        target[(5 * count) + item] = Warp.ShuffleUp(own, by, 4);
        target[(6 * count) + item] = Warp.ShuffleXor(own, by);
        target[(7 * count) + item] = Warp.ShuffleXor(own, by, 8);
        target[(8 * count) + item] = Warp.Broadcast(own, by);
        target[(9 * count) + item] = Warp.WarpIdx + (Warp.IsFirstLane ? 100 : 0) + (Warp.IsLastLane ? 1000 : 0) + Warp.WarpSize;
    }

    /// <summary>Values of other types than int: 64 bits, floats, a bool and a struct.</summary>
    public static void ShuffledTypes(ArrayView1D<double, Stride1D.Dense> target, int by)
    {
        int item = Grid.GlobalLinearIndex;
        double wide = Warp.ShuffleXor(item * 1.25, by);
        long whole = Warp.ShuffleDown(item * 5_000_000_000L, by);
        float narrow = Warp.Shuffle(item + 0.5f, by);
        bool truth = Warp.ShuffleUp(item % 3 == 0, 1);
        (int First, float Second) pair = Warp.Broadcast((item, item * 2f), by);
        target[item] = wide + whole + narrow + (truth ? 0.125 : 0) + pair.First + pair.Second;
    }

    /// <summary>The sum of a warp in five steps, with a barrier of the warp between two of them, then the sum over warps.</summary>
    public static void WarpSums(ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<float, Stride1D.Dense> target)
    {
        float sum = source[Grid.GlobalLinearIndex];
        for (int offset = 16; offset > 0; offset >>= 1)
        {
            sum += Warp.ShuffleDown(sum, offset);
            Warp.Barrier();
        }

        ArrayView<float> sums = SharedMemory.Allocate<float>(32);
        if (Warp.IsFirstLane)
        {
            sums[Warp.WarpIdx] = sum;
        }

        // After this: every warp's sum is there.
        Group.Barrier();
        if (Group.IsFirstThread)
        {
            float all = 0f;
            for (int warp = 0; warp < Group.Dimension.Size / Warp.WarpSize; warp++)
            {
                all += sums[warp];
            }

            target[Grid.LinearIndex] = all;
        }
    }

    /// <summary>Collectives of the group, in a loop so that they follow each other.</summary>
    public static void GroupCollectives(ArrayView1D<int, Stride1D.Dense> target, int rounds)
    {
        int item = Grid.GlobalLinearIndex;
        int sum = 0;
        for (int round = 0; round < rounds; round++)
        {
            sum += Group.Broadcast(item + round, round % Group.Dimension.Size);
            sum += Group.BarrierPopCount((Group.LinearIndex + round) % 3 == 0);
            sum += Group.BarrierAnd(Group.LinearIndex >= round) ? 1000 : 0;
            sum += Group.BarrierOr(Group.LinearIndex == round * 7) ? 10000 : 0;
            (float Low, int High) pair = Group.Broadcast((item * 0.5f, -item), 1);
            sum += (int)pair.Low + pair.High;
        }

        target[item] = sum;
    }

    /// <summary>A loop in which the lanes of each warp exchange values and the warps wait for each other.</summary>
    public static void WarpsInStep(ArrayView1D<int, Stride1D.Dense> target, int rounds)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(256);
        int value = Grid.GlobalLinearIndex;
        for (int round = 0; round < rounds; round++)
        {
            int half = (round & 1) * 128;
            shared[half + Group.LinearIndex] = Warp.ShuffleXor(value, 3) + round;

            // After this: everyone's number is there, and nobody still reads those of the round before.
            Group.Barrier();
            value += shared[half + ((Group.LinearIndex + 37) % Group.Dimension.Size)] * (round + 1);
        }

        target[Grid.GlobalLinearIndex] = value;
    }

    /// <summary>A private array at a place that is the same for all, written behind a collective.</summary>
    public static void PrivateArrays(ArrayView1D<int, Stride1D.Dense> target, int rounds)
    {
        ArrayView<int> own = LocalMemory.Allocate<int>(4);
        for (int i = 0; i < 4; i++)
        {
            own[i] = Group.LinearIndex * i;
        }

        for (int round = 0; round < rounds; round++)
        {
            own[round & 3] += Warp.ShuffleDown(own[(round + 1) & 3], 1);
        }

        target[Grid.GlobalLinearIndex] = own[0] + (10 * own[1]) + (100 * own[2]) + (1000 * own[3]);
    }

    /// <summary>A loop of the work-item's own length that ends right where a loop with a barrier begins.</summary>
    public static void LoopBeforeBarriers(ArrayView1D<int, Stride1D.Dense> target, int rounds)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(128);
        for (int i = Group.LinearIndex; i < 128; i += Group.DimX)
        {
            shared[i] = i;
        }

        int sum = 0;
        for (int round = 0; round < rounds; round++)
        {
            // After this: everyone has written.
            Group.Barrier();
            sum += shared[(Group.LinearIndex * 3) % 128];
        }

        target[Grid.GlobalLinearIndex] = sum;
    }

    /// <summary>Shared memory whose size the launch decides, seen as two types.</summary>
    public static void DynamicShared(ArrayView1D<int, Stride1D.Dense> target)
    {
        ArrayView<int> shared = SharedMemory.GetDynamic<int>();
        shared[Group.LinearIndex] = Group.LinearIndex * 3;

        // After this: everyone's number is there.
        Group.Barrier();
        ArrayView<short> halves = SharedMemory.GetDynamic<short>();
        target[Grid.GlobalLinearIndex] = shared[Group.Dimension.Size - 1 - Group.LinearIndex] + shared.IntLength + halves[0] + (halves.IntLength * 100);
    }

    /// <summary>Writes of another work-item, ordered by fences and published through an atomic.</summary>
    public static void Fences(ArrayView1D<int, Stride1D.Dense> target)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(64);
        shared[Group.LinearIndex] = Group.LinearIndex;
        MemoryFence.GroupLevel();

        // After this: the numbers are there.
        Group.Barrier();
        target[Grid.GlobalLinearIndex] = shared[(Group.LinearIndex + 1) % Group.Dimension.Size];
        MemoryFence.DeviceLevel();
        MemoryFence.SystemLevel();
    }

    /// <summary>A collective that all lanes of one warp reach, but not the whole group.</summary>
    public static void OneWarp(ArrayView1D<int, Stride1D.Dense> target)
    {
        if (Warp.WarpIdx == 0)
        {
            target[Grid.GlobalLinearIndex] = Warp.ShuffleDown(Group.LinearIndex, 1); // GK0022
        }
    }
}
