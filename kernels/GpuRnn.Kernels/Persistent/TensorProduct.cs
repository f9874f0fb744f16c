using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Linear;

namespace GpuRnn.Kernels.Persistent;

/// <summary>A product of factors of few bits: each warp multiplies all rows and columns of the block for its part of the terms.</summary>
/// <typeparam name="TFactor">What weights and vectors are rounded to.</typeparam>
/// <typeparam name="TRows">Tiles of 16 rows.</typeparam>
/// <typeparam name="TColumns">Tiles of 8 columns.</typeparam>
/// <remarks>
/// <para>
/// Rounding: a weight is rounded once, when it comes to shared memory, a term of a vector once, when its cell writes it to the exchange. Products
/// and sums are those of <see cref="WarpMatrix"/>; a warp takes every slices-th block of terms, in order.
/// </para>
/// <para>
/// Both factors lie as the lanes hold them, word by word: vectors [block of terms][tile of rows][lane][4], weights
/// [block of terms][tile of columns][lane][2]. So a lane reads its factors of a product in one access, neighbouring lanes neighbouring
/// bytes. Terms that fill up a block are zeros in both: here, and in the exchange because nobody writes them.
/// </para>
/// </remarks>
internal readonly struct TensorProduct<TFactor, TRows, TColumns> : IBlockProduct
    where TFactor : struct, IMatrixFactor<TFactor>
    where TRows : struct, ITileCount
    where TColumns : struct, ITileCount
{
    private const int WarpSize = 32;
    private const int Places = 4;
    private const int LeftWords = 4;
    private const int RightWords = 2;
    private const int LaneSums = 4;

    // Blocks whose vectors are on their way before the first is needed.
    private const int Ahead = 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int DepthOf(int width) => (width + TFactor.Depth - 1) / TFactor.Depth * TFactor.Depth;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WeightFloats(in BlockGeometry geometry, int depth) => depth / TFactor.Depth * TColumns.Count * WarpSize * RightWords;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int VectorFloats(in BlockGeometry geometry, int depth) => depth / TFactor.Depth * TRows.Count * WarpSize * LeftWords;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadWeights<TSource>(in BlockGeometry geometry, TSource source, ArrayView<float> weights, int depth)
        where TSource : struct, IWeightSource
    {
        for (int i = Group.IdxX; i < WeightFloats(geometry, depth); i += Group.DimX)
        {
            int lane = i / RightWords % WarpSize;
            int tile = i / (RightWords * WarpSize);
            int column = (tile % TColumns.Count * WarpMatrix.Columns) + (lane / Places);
            int term = (tile / TColumns.Count * TFactor.Depth) + (i % RightWords * (TFactor.Depth / RightWords)) + (lane % Places * TFactor.NumbersOfAWord);
            float second = TFactor.NumbersOfAWord > 1 ? source.Read(term + 1, column) : 0f;
            weights[i] = Interop.IntAsFloat(TFactor.Pack(source.Read(term, column), second));
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Publish(in BlockGeometry geometry, ArrayView<float> memory, int start, int term, float value, bool isThere)
    {
        float own = isThere ? value : 0f;
        float second = 0f;
        if (TFactor.NumbersOfAWord > 1)
        {
            second = Warp.ShuffleXor(own, 1);
        }

        if (isThere && term % TFactor.NumbersOfAWord == 0)
        {
            int within = term % TFactor.Depth;
            int half = TFactor.Depth / 2;
            int row = geometry.CellRow % WarpMatrix.Rows;
            int lane = (row % (WarpMatrix.Rows / 2) * Places) + (within % half / TFactor.NumbersOfAWord);
            int word = (row / (WarpMatrix.Rows / 2)) + (within / half * 2);
            int tile = (term / TFactor.Depth * TRows.Count) + (geometry.CellRow / WarpMatrix.Rows);
            memory[start + (((tile * WarpSize) + lane) * LeftWords) + word] = Interop.IntAsFloat(TFactor.Pack(own, second));
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(
        in BlockGeometry geometry, ArrayView<float> weights, ArrayView<float> source, int start, int depth, ArrayView<float> sums)
    {
        ArrayView<float> tiles = LocalMemory.Allocate<float>(TRows.Count * TColumns.Count * LaneSums);
        for (int i = 0; i < TRows.Count * TColumns.Count * LaneSums; i++)
        {
            tiles[i] = 0f;
        }

        // All warps go through the same number of rounds, as products want all lanes. Some rounds are on their way at any time: a place is filled again as
        // soon as it has been multiplied.
        ArrayView<float> left = LocalMemory.Allocate<float>(Ahead * TRows.Count * LeftWords);
        int blocks = depth / TFactor.Depth;
        int step = Ahead * geometry.Slices;
        int block = geometry.Slice;
        int end = step;
        if (end <= blocks)
        {
            for (int next = 0; next < Ahead; next++)
            {
                LoadLeft(left, next, source, start, block + (next * geometry.Slices));
            }
        }

        for (; end <= blocks; end += step)
        {
            for (int next = 0; next < Ahead; next++)
            {
                Multiply(tiles, left, next, weights, block + (next * geometry.Slices));
                if (end + step <= blocks)
                {
                    LoadLeft(left, next, source, start, block + ((Ahead + next) * geometry.Slices));
                }
            }

            block += step;
        }

        // Fewer rounds than places are left. A warp without a block left multiplies the last one by zeros.
        int rest = end - step;
        for (int next = 0; next < Ahead - 1; next++)
        {
            int own = block + (next * geometry.Slices);
            if (rest + (next * geometry.Slices) < blocks)
            {
                LoadLeft(left, next, source, start, own < blocks ? own : blocks - 1);
            }
        }

        for (int next = 0; next < Ahead - 1; next++)
        {
            int own = block + (next * geometry.Slices);
            if (rest + (next * geometry.Slices) < blocks)
            {
                for (int i = next * TRows.Count * LeftWords; i < (next + 1) * TRows.Count * LeftWords; i++)
                {
                    left[i] = own < blocks ? left[i] : 0f;
                }

                Multiply(tiles, left, next, weights, own < blocks ? own : blocks - 1);
            }
        }

        Store(geometry, tiles, sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadLeft(ArrayView<float> left, int place, ArrayView<float> source, int start, int block)
    {
        for (int row = 0; row < TRows.Count; row++)
        {
            int at = start + (((((block * TRows.Count) + row) * WarpSize) + Warp.LaneIdx) * LeftWords);
            for (int word = 0; word < LeftWords; word++)
            {
                left[(((place * TRows.Count) + row) * LeftWords) + word] = source[at + word];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply(ArrayView<float> tiles, ArrayView<float> left, int place, ArrayView<float> weights, int block)
    {
        for (int column = 0; column < TColumns.Count; column++)
        {
            int at = ((((block * TColumns.Count) + column) * WarpSize) + Warp.LaneIdx) * RightWords;
            RightFactor right = new() { First = Interop.FloatAsInt(weights[at]), Second = Interop.FloatAsInt(weights[at + 1]) };
            for (int row = 0; row < TRows.Count; row++)
            {
                int first = ((place * TRows.Count) + row) * LeftWords;
                LeftFactor factor = new()
                {
                    UpperFirst = Interop.FloatAsInt(left[first]),
                    LowerFirst = Interop.FloatAsInt(left[first + 1]),
                    UpperSecond = Interop.FloatAsInt(left[first + 2]),
                    LowerSecond = Interop.FloatAsInt(left[first + 3]),
                };
                int sum = ((row * TColumns.Count) + column) * LaneSums;
                WarpSums added = TFactor.MultiplyAdd(factor, right, new WarpSums(tiles[sum], tiles[sum + 1], tiles[sum + 2], tiles[sum + 3]));
                tiles[sum] = added.UpperLeft;
                tiles[sum + 1] = added.UpperRight;
                tiles[sum + 2] = added.LowerLeft;
                tiles[sum + 3] = added.LowerRight;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(in BlockGeometry geometry, ArrayView<float> tiles, ArrayView<float> sums)
    {
        for (int i = 0; i < TRows.Count * TColumns.Count * 2; i++)
        {
            int tile = i / 2;
            int row = (tile / TColumns.Count * WarpMatrix.Rows) + (i % 2 * (WarpMatrix.Rows / 2)) + WarpMatrix.Row;
            int column = (tile % TColumns.Count * WarpMatrix.Columns) + (2 * WarpMatrix.Place);
            int at = (geometry.Slice * geometry.SliceFloats) + BlockGeometry.SumRow(row, geometry.Stride) + column;
            sums[at] = tiles[2 * i];
            sums[at + 1] = tiles[(2 * i) + 1];
        }
    }
}
