using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Tests;

/// <summary>Kernels whose barriers stand where a compiler has to cut with care.</summary>
public static class BarrierKernels
{
    public const int GroupSize = 48;

    /// <summary>A loop over steps with two barriers in it; a sum of each work-item lives across both.</summary>
    public static void Rotate(ArrayView<int> source, ArrayView<int> result, int steps)
    {
        ArrayView<int> ring = SharedMemory.Allocate<int>(GroupSize);
        int place = Group.IdxX;
        int value = source[Grid.GlobalIndex.X];
        int sum = 0;
        for (int step = 0; step < steps; step++)
        {
            ring[place] = value;

            // After this: the whole ring holds this step's values.
            Group.Barrier();
            value = ring[(place + 1) % Group.DimX] + step;
            sum = (sum * 3) + value;

            // After this: everybody has read, and the next step may write.
            Group.Barrier();
        }

        result[Grid.GlobalIndex.X] = sum;
    }

    /// <summary>One branch has barriers and the other none; which is taken differs between groups.</summary>
    public static void Branch(ArrayView<int> source, ArrayView<int> result, int threshold)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(GroupSize);
        int index = Grid.GlobalIndex.X;
        int before = source[index] ^ 0x55;
        if (Grid.IdxX < threshold)
        {
            shared[Group.IdxX] = before;

            // After this: all values of the group are shared.
            Group.Barrier();
            before += shared[Group.DimX - 1 - Group.IdxX];
        }
        else
        {
            before -= Grid.IdxX;
        }

        result[index] = before;
    }

    /// <summary>Values of every type live across barriers that follow each other directly and at a distance.</summary>
    public static void Types(ArrayView<float> source, ArrayView<double> result)
    {
        int index = Grid.GlobalIndex.X;
        float single = source[index];
        double wide = single * 1.000000123;
        long big = ((long)index << 33) + 7;
        bool isPositive = single > 0f;
        ArrayView<double> shared = SharedMemory.Allocate<double>(GroupSize);
        shared[Group.IdxX] = wide;

        // After this: the doubles of the group are shared.
        Group.Barrier();
        Group.Barrier();
        double neighbour = shared[Group.IdxX ^ 1];

        // After this: the neighbours are read.
        Group.Barrier();
        shared[Group.IdxX] = isPositive ? big + neighbour : single - neighbour;

        // After this: the results are shared.
        Group.Barrier();
        result[index] = shared[Group.IdxX ^ 1] + wide;
    }

    /// <summary>Barriers in a loop in a loop, with bounds that differ between groups, and a return of whole groups.</summary>
    public static void Nested(ArrayView<int> source, ArrayView<int> result, int groups)
    {
        if (Grid.IdxX >= groups)
        {
            return;
        }

        ArrayView<int> shared = SharedMemory.Allocate<int>(GroupSize);
        int index = Grid.GlobalIndex.X;
        int state = source[index];
        for (int outer = 0; outer <= Grid.IdxX; outer++)
        {
            for (int inner = outer; inner < 3; inner++)
            {
                shared[Group.IdxX] = state;

                // After this: the states are shared.
                Group.Barrier();
                int other = shared[(Group.IdxX + inner + 1) % Group.DimX];
                for (int i = 0; i < Group.IdxX % 5; i++)
                {
                    other = (other * 5) - i;
                }

                // After this: the states are read.
                Group.Barrier();
                state += other;
            }

            if (outer == 2)
            {
                break;
            }
        }

        result[index] = state;
    }

    /// <summary>A private array that is written before a barrier and read behind it.</summary>
    public static void PrivateArray(ArrayView<int> source, ArrayView<int> result)
    {
        ArrayView<int> own = LocalMemory.Allocate<int>(5);
        ArrayView<int> shared = SharedMemory.Allocate<int>(GroupSize);
        for (int i = 0; i < 5; i++)
        {
            own[i] = source[Grid.GlobalIndex.X] * (i + 1);
        }

        shared[Group.IdxX] = own[Group.IdxX % 5];

        // After this: one number of each private array is shared.
        Group.Barrier();
        result[Grid.GlobalIndex.X] = own[shared[Group.DimX - 1 - Group.IdxX] & 3] + own[4];
    }

    /// <summary>Three dimensions of groups and of work-items, shared through one array.</summary>
    public static void Place(ArrayView<int> source, ArrayView<int> result)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(GroupSize);
        int linear = Group.LinearIndex;
        int size = Group.DimX * Group.DimY * Group.DimZ;
        int index = (((((Grid.IdxZ * Grid.DimY) + Grid.IdxY) * Grid.DimX) + Grid.IdxX) * size) + linear;
        shared[linear] = source[index] + (100 * Group.IdxX) + (1000 * Group.IdxY) + (10000 * Group.IdxZ);

        // After this: every place of the group is shared.
        Group.Barrier();
        result[index] = shared[(linear + 7) % size] + Grid.IdxX - Grid.IdxY + (3 * Grid.IdxZ);
    }

    /// <summary>Every kind of atomic on 32 bits, in shared and in device memory, from all groups at once.</summary>
    public static void Atomics(ArrayView<int> source, ArrayView<int> result)
    {
        ArrayView<int> own = SharedMemory.Allocate<int>(2);
        int value = source[Grid.GlobalIndex.X];
        if (Group.IdxX < 2)
        {
            own[Group.IdxX] = 0;
        }

        // After this: the group's counts are defined.
        Group.Barrier();
        Atomic.Add(ref own[value & 1], 1);
        Atomic.Max(ref result[2], value);
        Atomic.Min(ref result[3], value);
        Atomic.And(ref result[4], ~(value & 0x70));
        Atomic.Or(ref result[5], value & 0x0F0F);
        Atomic.Xor(ref result[6], value);

        // After this: the group's counts are complete.
        Group.Barrier();
        if (Group.IdxX < 2)
        {
            Atomic.Add(ref result[Group.IdxX], own[Group.IdxX]);
        }
    }
}
