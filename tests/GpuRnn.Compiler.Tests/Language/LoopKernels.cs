using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Tests.Language;

/// <summary>Loops whose number of rounds is known when compiling, in every form that C# has for them.</summary>
public static class LoopKernels
{
    /// <summary>A tile of sums in local memory: three loops, of which only the middle one depends on a parameter.</summary>
    public static void Tile(
        Index1D index, ArrayView1D<float, Stride1D.Dense> a, ArrayView1D<float, Stride1D.Dense> b, ArrayView1D<float, Stride1D.Dense> c, int depth)
    {
        const int Rows = 3;
        const int Columns = 2;
        ArrayView<float> sums = LocalMemory.Allocate<float>(Rows * Columns);
        for (int i = 0; i < Rows * Columns; i++)
        {
            sums[i] = 0f;
        }

        for (int k = 0; k < depth; k++)
        {
            for (int row = 0; row < Rows; row++)
            {
                float left = a[((index * Rows) + row + k) % a.IntLength];
                for (int column = 0; column < Columns; column++)
                {
                    sums[(row * Columns) + column] += left * b[(k * Columns) + column];
                }
            }
        }

        for (int i = 0; i < Rows * Columns; i++)
        {
            c[(index * Rows * Columns) + i] = sums[i];
        }
    }

    /// <summary>Continue, break and return inside, a counter that runs down, and one that is used behind the loop.</summary>
    public static void Forms(Index1D index, ArrayView1D<int, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target)
    {
        int sum = 0;
        int i;
        for (i = 5; i >= 0; i--)
        {
            if (((source[index] >> i) & 1) == 0)
            {
                continue;
            }

            sum += i * 3;
        }

        sum += i * 1000;
        int j = 0;
        do
        {
            sum ^= source[(index + j) % source.IntLength];
            j += 2;
        }
        while (j < 9);

        for (int k = 1; k < 64; k *= 3)
        {
            if (source[index] == k)
            {
                break;
            }

            sum += k;
        }

        for (int outer = 0; outer < 3; outer++)
        {
            for (int inner = outer; inner < 3; inner++)
            {
                sum = (sum * 5) + inner;
                if (sum == 77)
                {
                    target[index] = -1;
                    return;
                }
            }
        }

        for (uint never = 7; never < 3; never++)
        {
            sum = 0;
        }

        target[index] = sum + j;
    }

    /// <summary>Too many rounds to write out.</summary>
    public static void Long(Index1D index, ArrayView1D<int, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target)
    {
        int sum = 0;
        for (int i = 0; i < 1000; i++)
        {
            sum = (sum * 31) + source[(index + i) % source.IntLength];
        }

        target[index] = sum;
    }

    /// <summary>A product that the inner loop's condition and the outer loop's body share.</summary>
    public static void Nested(Index1D index, ArrayView1D<int, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target)
    {
        int count = source[index] & 15;
        int step = (source[index] & 3) + 1;
        int sum = 0;
        for (int i = 0; i < count; i++)
        {
            int j = 0;
            while (j < i * count)
            {
                j += step;
            }

            sum += (i * count * 7) + j;
        }

        target[index] = sum;
    }

    /// <summary>A local array whose elements are structs with parts of several sizes.</summary>
    public static void StructTile(Index1D index, ArrayView1D<int, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target)
    {
        ArrayView<(short Low, long Wide)> pairs = LocalMemory.Allocate<(short, long)>(4);
        for (int i = 0; i < 4; i++)
        {
            pairs[i] = ((short)source[(index + i) % source.IntLength], source[index] * 5_000_000_000L);
        }

        long sum = 0;
        for (int i = 0; i < 4; i++)
        {
            pairs[3 - i].Low++;
            sum += pairs[i].Low + (pairs[3 - i].Wide >> i);
        }

        target[index] = (int)(sum ^ (sum >> 32));
    }

    /// <summary>Results of loops in which each work-item makes a number of rounds of its own, used behind a barrier.</summary>
    public static void OwnRounds(ArrayView1D<int, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target)
    {
        int item = (Grid.IdxX * Group.DimX) + Group.IdxX;
        int rounds = source[item] & 3;
        int entered = 0;
        int last = 0;
        ArrayView<int> chosen = source.SubView(0, 4);
        for (int i = 0; i < rounds; i++)
        {
            entered = 1;
            last = i;
            chosen = source.SubView(4, 4);
        }

        double real = 0.5;
        bool isOdd = false;
        for (int i = 0; i < 5 && i != rounds; i++)
        {
            real = 2.5;
            isOdd = i == 1;
        }

        // After this: every work-item still has what its own rounds gave.
        Group.Barrier();
        target[item] = (target[item] * 31) + entered + (10 * last) + (int)(100 * real) + (isOdd ? 1000 : 0) + (10000 * chosen[1]);
    }

    /// <summary>A loop and a branch whose results nobody reads.</summary>
    public static void Unread(Index1D index, ArrayView1D<int, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target)
    {
        int unread = source[index];
        for (int i = 0; i < 3; i++)
        {
            if (unread > i)
            {
                unread = unread > 5 ? unread - i : i;
            }
        }

        target[index] = 7;
    }
}
