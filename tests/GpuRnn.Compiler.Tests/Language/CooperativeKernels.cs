using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Tests.Language;

/// <summary>Kernels whose groups wait for each other.</summary>
public static class CooperativeKernels
{
    /// <summary>Rounds in which every group adds up what all groups wrote in the round before; one counter a round, never reset.</summary>
    /// <param name="numbers">Two halves of a number for each group, read and written in turns; the first half is given.</param>
    /// <param name="arrived">A counter for each round, zero at first.</param>
    /// <param name="rounds">How many.</param>
    [Cooperative]
    public static void Rounds(ArrayView1D<int, Stride1D.Dense> numbers, ArrayView1D<int, Stride1D.Dense> arrived, int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            int source = (round & 1) * Grid.DimX;
            int target = Grid.DimX - source;
            int sum = Grid.IdxX;
            for (int group = Group.IdxX; group < Grid.DimX; group += Group.DimX)
            {
                sum += numbers[source + group] * 3;
            }

            int all = Group.DimX == 1 ? sum : GroupSum(sum);
            if (Group.IdxX == 0)
            {
                numbers[target + Grid.IdxX] = all;
                GlobalMemory.AddRelease(ref arrived[round], 1);
                while (GlobalMemory.LoadAcquire(ref arrived[round]) < Grid.DimX)
                {
                }
            }

            // After this: what all groups wrote in this round is visible to the group.
            Group.Barrier();
        }
    }

    /// <summary>What <see cref="Rounds"/> leaves.</summary>
    public static int[] ExpectedRounds(int[] numbers, int groupSize, int rounds)
    {
        int groups = numbers.Length / 2;
        int[] expected = [.. numbers];
        for (int round = 0; round < rounds; round++)
        {
            int source = (round & 1) * groups;
            int sum = expected.Skip(source).Take(groups).Aggregate(0, (all, number) => unchecked(all + (number * 3)));
            for (int group = 0; group < groups; group++)
            {
                expected[groups - source + group] = sum + (group * groupSize);
            }
        }

        return expected;
    }

    /// <summary>Group 0 hands a number over to group 1, and this one to the next.</summary>
    [Cooperative]
    public static void Chain(ArrayView1D<int, Stride1D.Dense> numbers, ArrayView1D<int, Stride1D.Dense> ready)
    {
        if (Grid.IdxX > 0)
        {
            while (GlobalMemory.LoadAcquire(ref ready[Grid.IdxX - 1]) == 0)
            {
            }

            numbers[Grid.IdxX] = (numbers[Grid.IdxX - 1] * 2) + 1;
        }

        GlobalMemory.StoreRelease(ref ready[Grid.IdxX], 1);
    }

    /// <summary>A load before and one behind an acquire, of the same element.</summary>
    public static void LoadedTwice(ArrayView1D<int, Stride1D.Dense> numbers, ArrayView1D<int, Stride1D.Dense> ready)
    {
        int before = numbers[0];
        int flag = GlobalMemory.LoadAcquire(ref ready[0]); // GK0025
        numbers[1] = before + (flag * numbers[0]);
        GlobalMemory.StoreRelease(ref ready[1], numbers[1]);
    }

    private static int GroupSum(int value)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(64);
        shared[Group.IdxX] = value;

        // After this: the values of the whole group are shared. The barrier at the end of the round keeps the next sum from overwriting them.
        Group.Barrier();
        int sum = 0;
        for (int i = 0; i < Group.DimX; i++)
        {
            sum += shared[i];
        }

        return sum;
    }
}
