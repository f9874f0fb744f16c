using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Tests.Language;

/// <summary>Kernels of a warp's products of matrices and of copies that go on by themselves.</summary>
public static class TensorKernels
{
    private const int Tile = 64;

    /// <summary>Both roundings of each number with its neighbour.</summary>
    public static void Rounded(Index1D index, ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<int, Stride1D.Dense> target)
    {
        float value = source[index];
        float next = source[(index + 1) % source.IntLength];
        target[2 * index] = (int)WarpMatrix.ToTf32(value); // GK0027
        target[(2 * index) + 1] = (int)WarpMatrix.ToBFloat16Pair(value, next);
    }

    /// <summary>Several products of TF32 one after the other, in a loop that registers hold the sums of.</summary>
    public static void Tf32Products(
        ArrayView1D<float, Stride1D.Dense> a, ArrayView1D<float, Stride1D.Dense> b, ArrayView1D<float, Stride1D.Dense> d, int rounds)
    {
        int lane = Group.LinearIndex;
        int all = Group.Dimension.Size;
        ArrayView<float> sums = LocalMemory.Allocate<float>(8);
        for (int i = 0; i < 8; i++)
        {
            sums[i] = i * 0.25f;
        }

        for (int round = 0; round < rounds; round++)
        {
            uint b0 = WarpMatrix.ToTf32(b[((round * 2) * all) + lane]); // GK0027
            uint b1 = WarpMatrix.ToTf32(b[(((round * 2) + 1) * all) + lane]);
            for (int i = 0; i < 2; i++)
            {
                int first = ((((round * 2) + i) * 4) * all) + lane;
                WarpSums sum = WarpMatrix.MultiplyAddTf32(
                    WarpMatrix.ToTf32(a[first]), WarpMatrix.ToTf32(a[first + all]), WarpMatrix.ToTf32(a[first + (2 * all)]),
                    WarpMatrix.ToTf32(a[first + (3 * all)]), b0, b1,
                    new WarpSums(sums[4 * i], sums[(4 * i) + 1], sums[(4 * i) + 2], sums[(4 * i) + 3]));
                sums[4 * i] = sum.UpperLeft;
                sums[(4 * i) + 1] = sum.UpperRight;
                sums[(4 * i) + 2] = sum.LowerLeft;
                sums[(4 * i) + 3] = sum.LowerRight;
            }
        }

        for (int i = 0; i < 8; i++)
        {
            d[(i * all) + lane] = sums[i];
        }
    }

    /// <summary>The product of 16 by 16 and 16 by 8 by the documented layout, of one warp a group.</summary>
    public static void BFloat16Product(ArrayView1D<float, Stride1D.Dense> a, ArrayView1D<float, Stride1D.Dense> b, ArrayView1D<float, Stride1D.Dense> d)
    {
        int row = WarpMatrix.Row;
        int k = 2 * WarpMatrix.Place;
        uint a0 = WarpMatrix.ToBFloat16Pair(a[(row * 16) + k], a[(row * 16) + k + 1]); // GK0027
        uint a1 = WarpMatrix.ToBFloat16Pair(a[((row + 8) * 16) + k], a[((row + 8) * 16) + k + 1]);
        uint a2 = WarpMatrix.ToBFloat16Pair(a[(row * 16) + k + 8], a[(row * 16) + k + 9]);
        uint a3 = WarpMatrix.ToBFloat16Pair(a[((row + 8) * 16) + k + 8], a[((row + 8) * 16) + k + 9]);
        uint b0 = WarpMatrix.ToBFloat16Pair(b[(k * 8) + row], b[((k + 1) * 8) + row]);
        uint b1 = WarpMatrix.ToBFloat16Pair(b[((k + 8) * 8) + row], b[((k + 9) * 8) + row]);
        WarpSums sums = WarpMatrix.MultiplyAddBFloat16(a0, a1, a2, a3, b0, b1, new WarpSums(1f, 2f, 3f, 4f));
        d[(row * 8) + k] = sums.UpperLeft;
        d[(row * 8) + k + 1] = sums.UpperRight;
        d[((row + 8) * 8) + k] = sums.LowerLeft;
        d[((row + 8) * 8) + k + 1] = sums.LowerRight;
    }

    /// <summary>As <see cref="BFloat16Product"/> of 16 by 8 and 8 by 8 with TF32.</summary>
    public static void Tf32Product(ArrayView1D<float, Stride1D.Dense> a, ArrayView1D<float, Stride1D.Dense> b, ArrayView1D<float, Stride1D.Dense> d)
    {
        int row = WarpMatrix.Row;
        int k = WarpMatrix.Place;
        WarpSums sums = WarpMatrix.MultiplyAddTf32( // GK0027
            WarpMatrix.ToTf32(a[(row * 8) + k]), WarpMatrix.ToTf32(a[((row + 8) * 8) + k]),
            WarpMatrix.ToTf32(a[(row * 8) + k + 4]), WarpMatrix.ToTf32(a[((row + 8) * 8) + k + 4]),
            WarpMatrix.ToTf32(b[(k * 8) + row]), WarpMatrix.ToTf32(b[((k + 4) * 8) + row]), new WarpSums(1f, 2f, 3f, 4f));
        d[(row * 8) + (2 * k)] = sums.UpperLeft;
        d[(row * 8) + (2 * k) + 1] = sums.UpperRight;
        d[((row + 8) * 8) + (2 * k)] = sums.LowerLeft;
        d[((row + 8) * 8) + (2 * k) + 1] = sums.LowerRight;
    }

    /// <summary>Two buffers of shared memory that are filled in turn while the other one is read; the last tile is short.</summary>
    public static void DoubleBuffered(ArrayView1D<float, Stride1D.Dense> source, ArrayView1D<float, Stride1D.Dense> target, int length)
    {
        ArrayView<float> tiles = SharedMemory.Allocate<float>(2 * Tile);
        int item = Group.LinearIndex;
        int tileCount = (length + Tile - 1) / Tile;
        Fill(tiles, source, item, 0, length);
        float sum = 0f;
        for (int tile = 0; tile < tileCount; tile++)
        {
            Fill(tiles, source, item, tile + 1, length);
            AsyncCopy.Wait(1);

            // After this: everyone's part of the tile is there.
            Group.Barrier();
            for (int i = 0; i < Tile; i++)
            {
                sum += tiles[((tile & 1) * Tile) + ((i + item) % Tile)] * (i + 1);
            }

            // After this: nobody still reads the tile.
            Group.Barrier();
        }

        target[Grid.GlobalLinearIndex] = sum;
    }

    private static void Fill(ArrayView<float> tiles, ArrayView<float> source, int item, int tile, int length)
    {
        int first = tile * Tile;
        for (int i = item; i < Tile; i += Group.DimX)
        {
            AsyncCopy.ToSharedFirst(tiles, ((tile & 1) * Tile) + i, source, first + i < length ? first + i : 0, 1, first + i < length ? 1 : 0); // GK0027
        }

        AsyncCopy.Commit();
    }

    /// <summary>8 bytes as one element, 16 as four, in one set.</summary>
    public static void Widths(ArrayView1D<double, Stride1D.Dense> wide, ArrayView1D<int, Stride1D.Dense> narrow, ArrayView1D<double, Stride1D.Dense> target)
    {
        ArrayView<double> doubles = SharedMemory.Allocate<double>(Tile);
        ArrayView<int> numbers = SharedMemory.Allocate<int>(4 * Tile);
        int item = Group.LinearIndex;
        AsyncCopy.ToShared<double>(doubles, item, wide, Tile - 1 - item, 1); // GK0027
        AsyncCopy.ToShared<int>(numbers, 4 * item, narrow, 4 * item, 4);
        AsyncCopy.Commit();
        AsyncCopy.Wait(0);
        target[item] = doubles[item] + numbers[4 * item] + (numbers[(4 * item) + 3] * 0.5);
    }
}
