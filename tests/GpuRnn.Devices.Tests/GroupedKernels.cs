using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Tests;

/// <summary>The explicitly grouped kernels of <see cref="GroupedKernelTests"/>, right and wrong ones.</summary>
public static class GroupedKernels
{
    public const int Tile = 4;

    public static void TreeSum(ArrayView<int> input, ArrayView<int> sums)
    {
        ArrayView<int> partial = SharedMemory.Allocate<int>(64);
        int index = Grid.GlobalIndex.X;
        partial[Group.IdxX] = index < input.Length ? input[index] : 0;

        // After this: every element of the group is in shared memory.
        Group.Barrier();
        for (int half = Group.DimX / 2; half > 0; half /= 2)
        {
            if (Group.IdxX < half)
            {
                partial[Group.IdxX] += partial[Group.IdxX + half];
            }

            // After this: the first half holds the sums of pairs.
            Group.Barrier();
        }

        if (Group.IsFirstThread)
        {
            sums[Grid.IdxX] = partial[0];
        }
    }

    public static void TiledProduct(
        ArrayView<int> a,
        ArrayView1D<int, Stride1D.Dense> b,
        ArrayView<int> c,
        int m,
        int n,
        int k)
    {
        ArrayView2D<int, Stride2D.DenseY> tileA = SharedMemory.Allocate2DDenseY<int>(new Index2D(Tile, Tile));
        ArrayView2D<int, Stride2D.DenseX> tileB = SharedMemory.Allocate2DDenseX<int>(new Index2D(Tile, Tile));
        int row = Grid.GlobalIndex.Y;
        int column = Grid.GlobalIndex.X;
        int sum = 0;
        for (int first = 0; first < k; first += Tile)
        {
            int columnA = first + Group.IdxX;
            int rowB = first + Group.IdxY;
            tileA[Group.IdxY, Group.IdxX] = row < m && columnA < k ? a[(row * k) + columnA] : 0;
            tileB[Group.IdxY, Group.IdxX] = rowB < k && column < n ? b[(rowB * n) + column] : 0;

            // After this: both tiles are whole.
            Group.Barrier();
            for (int p = 0; p < Tile; p++)
            {
                sum += tileA[Group.IdxY, p] * tileB[p, Group.IdxX];
            }

            // After this: nobody reads the tiles any more.
            Group.Barrier();
        }

        if (row < m && column < n)
        {
            c[(row * n) + column] = sum;
        }
    }

    public static void Visit(ArrayView<int> visits, ArrayView<int> linear)
    {
        Index3D extent = Grid.Dimension * Group.Dimension;
        Index3D index = Grid.GlobalIndex;
        Atomic.Add(ref visits[(((index.Z * extent.Y) + index.Y) * extent.X) + index.X], 1);
        Atomic.Add(ref linear[Grid.GlobalLinearIndex], 1);
    }

    public static void Collectives(ArrayView<long> broadcast, ArrayView<int> votes)
    {
        int i = Group.LinearIndex;
        broadcast[i] = Group.Broadcast(1_000_000_000_000L + i, 5);
        votes[(i * 5) + 0] = Group.BarrierPopCount(i % 3 == 0);
        votes[(i * 5) + 1] = Group.BarrierAnd(i != 20) ? 1 : 0;
        votes[(i * 5) + 2] = Group.BarrierAnd(i >= 0) ? 1 : 0;
        votes[(i * 5) + 3] = Group.BarrierOr(i == 20) ? 1 : 0;
        votes[(i * 5) + 4] = Group.BarrierOr(i < 0) ? 1 : 0;
    }

    public static void Shuffles(ArrayView<int> result)
    {
        int i = Group.LinearIndex;
        int value = 10 * i;
        result[(i * 5) + 0] = Warp.Broadcast(value, 3);
        result[(i * 5) + 1] = Warp.ShuffleDown(value, 2);
        result[(i * 5) + 2] = Warp.ShuffleUp(value, 1);
        result[(i * 5) + 3] = Warp.ShuffleXor(value, 1);
        result[(i * 5) + 4] = Warp.Shuffle(value, 5, 8);
    }

    public static void ReverseInDynamic(ArrayView<int> result)
    {
        ArrayView<int> shared = SharedMemory.GetDynamic<int>();
        shared[Group.IdxX] = (100 * Grid.IdxX) + Group.IdxX;

        // After this: all numbers of the group are in shared memory.
        Group.Barrier();
        result[Grid.GlobalIndex.X] = shared[shared.IntLength - 1 - Group.IdxX];
    }

    public static void CountInShared(ArrayView<int> result)
    {
        ref int count = ref SharedMemory.Allocate<int>();
        if (Group.IsFirstThread)
        {
            count = 0;
        }

        // After this: the count is defined.
        Group.Barrier();
        Atomic.Add(ref count, 1);

        // After this: the count is complete.
        Group.Barrier();
        if (Group.IsLastThread)
        {
            Atomic.Add(ref result[0], count);
        }
    }

    public static void SomeReturnEarly(int barrierBelow)
    {
        if (Group.IdxX < barrierBelow)
        {
            Group.Barrier();
        }
    }

    public static void WarpAgainstGroup()
    {
        if (Group.IdxX < 3)
        {
            Warp.Barrier();
        }
        else
        {
            Group.Barrier();
        }
    }

    public static void MixedCollectives()
    {
        if (Group.IsFirstThread)
        {
            Group.Barrier();
        }
        else
        {
            Group.BarrierAnd(true);
        }
    }

    public static void MixedAllocations() => SharedMemory.Allocate<float>(Group.IsFirstThread ? 4 : 8);

    [LaunchBounds(8, MinimumGroupsPerMultiprocessor = 2)]
    public static void Bounded([ReadOnlyView] ArrayView<int> source, ArrayView<int> target) => target[Group.IdxX] = source[Group.IdxX] + 1;

    public static void ThrowInOne(int group, int workItem)
    {
        if (Grid.IdxX == group && Group.IdxX == workItem)
        {
            throw new ArithmeticException("the test's failure");
        }

        Group.Barrier();
    }
}
