using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Tests.Language;

/// <summary>Kernels in which neighbouring work-items go different ways, or reach memory that does not lie side by side.</summary>
public static class LaneKernels
{
    /// <summary>Branches in branches around accesses, a way that ends early, and a quotient that only some work-items may compute.</summary>
    public static void Ways(
        Index1D index, ArrayView1D<int, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> result, ArrayView1D<long, Stride1D.Dense> wide, int count)
    {
        int value = source[index];
        if (value % 7 == 0)
        {
            result[index] = -1;
            return;
        }

        int sum = index;
        if (value > 0)
        {
            sum += source[(index + 3) % count];
            if ((value & 6) == 0)
            {
                wide[index] = sum;
            }
            else
            {
                sum /= value & 6;
            }
        }
        else if (count > 5)
        {
            sum -= source[0];
        }

        result[index] = sum;
    }

    /// <summary>Rounds of each work-item's own number with a way out in the middle, and values that leave the loop at different times.</summary>
    public static void Rounds(
        Index1D index, ArrayView1D<int, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> result, ArrayView1D<long, Stride1D.Dense> wide, int count)
    {
        int last = 0;
        int step = 0;
        int rounds = source[index] & 15;
        for (step = 0; step < rounds; step++)
        {
            if ((step & 3) == 2)
            {
                continue;
            }

            last = source[(index + step) % count] + (count * step);
            for (int inner = index & 3; inner < step; inner += 2)
            {
                last += source[inner];
            }

            if (last < -1000)
            {
                break;
            }
        }

        wide[index] = step;
        result[index] = last;
    }

    /// <summary>A loop that all work-items run alike, in which they go apart and meet where it begins again.</summary>
    public static void Together(
        Index1D index, ArrayView1D<int, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> result, ArrayView1D<long, Stride1D.Dense> wide, int count)
    {
        long all = 0;
        for (int i = 0; i < count; i++)
        {
            if (((source[index] >> (i & 31)) & 1) != 0)
            {
                wide[(index * count) + i] = all;
                all += source[i];
            }
        }

        result[index] = (int)(all >> 3);
    }

    /// <summary>Numbers of 64 bits: sums, comparisons, conversions, addresses, and an index that wraps before it becomes one.</summary>
    public static void Wide(
        Index1D index, ArrayView1D<int, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> result, ArrayView1D<long, Stride1D.Dense> wide, int count)
    {
        long value = (source[index] * 6364136223846793005L) + ((long)((int)index + (int.MaxValue - 9)) << 2);
        ulong low = (ulong)value >> 40;
        double real = (value * 0.25) - source[index];
        float narrow = (float)real;
        long chosen = value < wide[index] ? value : -value;
        double root = Math.Sqrt(Math.Abs(real)) + Math.Floor(narrow);
        wide[index] = chosen ^ (long)root ^ (uint)source[index];
        result[index] = source[(int)(low % (uint)count)] + (int)narrow + (real > 0.0 ? 1 : 0);
    }

    /// <summary>What has no vector form: a private array, shifts by numbers of their own, functions, quotients.</summary>
    public static void ByLane(
        Index1D index, ArrayView1D<int, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> result, ArrayView1D<long, Stride1D.Dense> wide, int count)
    {
        ArrayView<int> own = LocalMemory.Allocate<int>(5);
        for (int i = 0; i < 5; i++)
        {
            own[(i + source[index] + count) & 3] = source[index] >> i;
        }

        int sum = own[index & 3] << (source[index] & 31);
        wide[index] = (sum / ((index % 5) + 1)) + (long)(MathF.Sin(sum) * 1000f);
        result[index] = (sum % ((source[index] & 7) + 1)) + own[2];
    }

    /// <summary>Steps of an argument between neighbours, in rows.</summary>
    public static void Strided(
        Index1D index, ArrayView1D<int, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> result, ArrayView1D<long, Stride1D.Dense> wide, int count,
        int step)
    {
        int row = index / count;
        int at = index % count;
        result[((row * count) + at) * step] += source[((row * count) + at) * step] * 3;
        wide[index * step] += at;
    }

    /// <summary>Rows of a group that are no multiple of a vector, values of either width kept across barriers, and the place in the warp.</summary>
    public static void Kept(ArrayView1D<int, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> result, ArrayView1D<long, Stride1D.Dense> wide)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(128);
        int item = Group.LinearIndex;
        int size = Group.Dimension.Size;
        int all = (Grid.LinearIndex * size) + item;
        int value = source[all];
        long large = value * 1000003L;
        bool isOdd = (value & 1) != 0;
        shared[item] = value;
        Group.Barrier();
        int other = shared[size - 1 - item];
        if (isOdd)
        {
            other += value;
        }

        Group.Barrier();
        shared[item] = other;
        Group.Barrier();
        wide[all] = large + shared[(item + 1) % size];
        result[all] = other + (Warp.LaneIdx * 100);
    }

    /// <summary>A vector of the kernel's own that lives across a barrier.</summary>
    public static void KeptVector(ArrayView<float> source, ArrayView<float> result)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(64);
        int at = Group.IdxX * 8;
        FloatVector<Lanes8> own = FloatVector<Lanes8>.Load(source, at);
        FloatVector<Lanes8>.Store(shared, at, own * own);
        Group.Barrier();
        FloatVector<Lanes8> next = FloatVector<Lanes8>.Load(shared, (at + 8) % (8 * Group.DimX));
        FloatVector<Lanes8>.Store(result, at, own + next);
    }
}
