using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Tests.Interleaving;

/// <summary>Cooperative kernels each of whose barriers, releases and acquires is needed, and some that go wrong.</summary>
public static class OrderKernels
{
    /// <summary>The even groups hand a message over to the odd ones behind them.</summary>
    /// <param name="source">The messages, as many numbers as the group has work-items for each pair of groups.</param>
    /// <param name="box">Where they lie in between.</param>
    /// <param name="flags">One a pair, zero at first.</param>
    /// <param name="result">The messages as the odd groups read them, backwards.</param>
    [Cooperative]
    public static void Message(ArrayView<int> source, ArrayView<int> box, ArrayView<int> flags, ArrayView<int> result)
    {
        int pair = Grid.IdxX / 2;
        int own = (pair * Group.DimX) + Group.IdxX;
        if (Grid.IdxX % 2 == 0)
        {
            box[own] = source[own];

            // After this: the whole message is written.
            Group.Barrier();
            if (Group.IdxX == 0)
            {
                GlobalMemory.StoreRelease(ref flags[pair], 1);
            }
        }
        else
        {
            if (Group.IdxX == 0)
            {
                while (GlobalMemory.LoadAcquire(ref flags[pair]) == 0)
                {
                }
            }

            // After this: the group sees the message.
            Group.Barrier();
            result[own] = box[(pair * Group.DimX) + Group.DimX - 1 - Group.IdxX];
        }
    }

    /// <summary>Every group adds up its numbers in shared memory, tree by tree, and all groups add up the sums behind a barrier of the grid.</summary>
    [Cooperative]
    public static void TreeSum(ArrayView<int> source, ArrayView<int> sums, ArrayView<int> arrived, ArrayView<int> result)
    {
        ArrayView<int> tree = SharedMemory.Allocate<int>(16);
        tree[Group.IdxX] = source[Grid.GlobalIndex.X];

        // After this: the group's numbers are shared.
        Group.Barrier();
        for (int width = Group.DimX / 2; width > 0; width /= 2)
        {
            if (Group.IdxX < width)
            {
                tree[Group.IdxX] += tree[Group.IdxX + width];
            }

            // After this: the lower half has the sums of this round.
            Group.Barrier();
        }

        if (Group.IdxX == 0)
        {
            sums[Grid.IdxX] = tree[0];
            GlobalMemory.AddRelease(ref arrived[0], 1);
            while (GlobalMemory.LoadAcquire(ref arrived[0]) < Grid.DimX)
            {
            }
        }

        // After this: the sums of all groups are visible.
        Group.Barrier();
        int all = 0;
        for (int group = 0; group < Grid.DimX; group++)
        {
            all = (all * 3) + sums[group];
        }

        result[Grid.GlobalIndex.X] = all;
    }

    /// <summary>One buffer that is read in one half of a step and overwritten in the other, so that both halves end at a barrier of the grid.</summary>
    /// <param name="ring">A number for each group.</param>
    /// <param name="arrived">Two counters for each step, zero at first.</param>
    /// <param name="steps">How many.</param>
    [Cooperative]
    public static void SingleBuffer(ArrayView<int> ring, ArrayView<int> arrived, int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            int value = ring[(Grid.IdxX + 1) % Grid.DimX];
            GlobalMemory.AddRelease(ref arrived[2 * step], 1);
            while (GlobalMemory.LoadAcquire(ref arrived[2 * step]) < Grid.DimX)
            {
            }

            ring[Grid.IdxX] = (value * 3) + step;
            GlobalMemory.AddRelease(ref arrived[(2 * step) + 1], 1);
            while (GlobalMemory.LoadAcquire(ref arrived[(2 * step) + 1]) < Grid.DimX)
            {
            }
        }
    }

    /// <summary>Warps that exchange values, with a barrier of the warp between writing and reading shared memory.</summary>
    [Cooperative]
    public static void Warps(ArrayView<int> source, ArrayView<int> result)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(64);
        int value = source[Grid.GlobalIndex.X];
        value += Warp.ShuffleDown(value, 3);
        shared[Group.IdxX] = value;

        // After this: the warp's sums are shared.
        Warp.Barrier();
        result[Grid.GlobalIndex.X] = shared[Group.IdxX ^ 1] + Warp.ShuffleXor(value, 2);
    }

    /// <summary>An atomic sum, and what memory holds at the end.</summary>
    [Cooperative]
    public static void Count(ArrayView<int> counter, ArrayView<int> result)
    {
        int place = Atomic.Add(ref counter[0], 1);
        result[place] = 1;
    }

    /// <summary>Every group waits for the next before it says that it is there itself.</summary>
    [Cooperative]
    public static void EachWaitsForTheNext(ArrayView<int> ready)
    {
        while (GlobalMemory.LoadAcquire(ref ready[(Grid.IdxX + 1) % Grid.DimX]) == 0)
        {
        }

        GlobalMemory.StoreRelease(ref ready[Grid.IdxX], 1);
    }

    /// <summary>Writes behind the end of its view.</summary>
    [Cooperative]
    public static void Beyond(ArrayView<int> result) => result[result.IntLength + Grid.IdxX] = 1;
}
