using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Linear;

/// <summary>The matrix product on tensor cores: factors of few bits, sums in single precision, the next tiles copied while these are multiplied.</summary>
public static class MatMulTensor
{
    /// <summary>Rows and columns of the tile that a group computes.</summary>
    public const int TileSize = 64;

    /// <summary>The threads of a group, four warps.</summary>
    public const int GroupSize = 128;

    /// <summary>The floats that one wide copy moves.</summary>
    public const int WideCount = 4;

    private const int TileDepth = 16;
    private const int WarpTile = TileSize / 2;
    private const int RowTiles = WarpTile / WarpMatrix.Rows;
    private const int ColumnTiles = WarpTile / WarpMatrix.Columns;
    private const int LaneSums = 4;

    // Rows of a tile begin so far apart that the 32 lanes of a warp read their factors from 32 banks, and at multiples of 16 bytes.
    private const int LeftStride = TileDepth + 4;
    private const int RightStride = TileSize + 8;
    private const int LeftSize = TileSize * LeftStride;
    private const int RightSize = TileDepth * RightStride;

    /// <summary>C = op(A) op(B) (+ C) (+ bias), with factors rounded to nearest.</summary>
    /// <typeparam name="TFactor">What A and B are rounded to.</typeparam>
    /// <remarks>
    /// Formula: <see cref="MatMulReference.Multiply"/> of the rounded factors. Groups: X over tiles of columns, Y over tiles of rows; group of
    /// (<see cref="GroupSize"/>, 1, 1). A warp computes 32 by 32 sums, two by four products of <see cref="WarpMatrix"/> at a time. Beyond the edges the
    /// tiles hold zeros. Aliasing: C overlaps neither A nor B. Deterministic on one device; tensor cores add in an order of their own.
    /// </remarks>
    [LaunchBounds(GroupSize)]
    public static void Forward<TFactor>(
        [ReadOnlyView] ArrayView<float> a,  // [M, K] by its strides
        [ReadOnlyView] ArrayView<float> b,  // [K, N] by its strides
        ArrayView<float> c,     // [M, N], columns adjacent
        ArrayView<float> bias,  // [N]; not read unless hasBias
        int m,                  // M
        int n,                  // N
        int k,                  // K
        int aRowStride,
        int aColumnStride,
        int bRowStride,
        int bColumnStride,
        int cRowStride,
        int aIsWide,            // 1 when A's columns are adjacent, its rows and its first element begin at multiples of 16 bytes, else 0
        int bIsWide,            // the same of B
        int accumulate,         // 1 to add to C, else 0
        int hasBias)            // 1 to add the bias, else 0
        where TFactor : struct, IMatrixFactor<TFactor>
    {
        ArrayView<float> leftTiles = SharedMemory.Allocate<float>(2 * LeftSize);
        ArrayView<float> rightTiles = SharedMemory.Allocate<float>(2 * RightSize);
        int firstRow = Grid.IdxY * TileSize;
        int firstColumn = Grid.IdxX * TileSize;
        int warpRow = (Warp.WarpIdx >> 1) * WarpTile;
        int warpColumn = (Warp.WarpIdx & 1) * WarpTile;
        ArrayView<float> sums = LocalMemory.Allocate<float>(RowTiles * ColumnTiles * LaneSums);
        for (int i = 0; i < RowTiles * ColumnTiles * LaneSums; i++)
        {
            sums[i] = 0f;
        }

        int half = 0;
        for (int first = -TileDepth; first < k; first += TileDepth)
        {
            // The next tiles go to the other half, which the round before has read.
            int next = first + TileDepth;
            int other = 1 - half;
            if (next < k)
            {
                CopyLeft(leftTiles, other * LeftSize, a, firstRow, next, m, k, aRowStride, aColumnStride, aIsWide);
                CopyRight(rightTiles, other * RightSize, b, firstColumn, next, n, k, bRowStride, bColumnStride, bIsWide);
            }

            AsyncCopy.Commit();
            AsyncCopy.Wait(1);

            // After this: the tiles of this round are there for all.
            Group.Barrier();
            if (first >= 0)
            {
                Multiply<TFactor>(sums, leftTiles, (half * LeftSize) + (warpRow * LeftStride), rightTiles, (half * RightSize) + warpColumn);
            }

            // After this: nobody still reads the tiles of this round, and the next may overwrite them.
            Group.Barrier();
            half = other;
        }

        Write(sums, c, bias, firstRow + warpRow, firstColumn + warpColumn, m, n, cRowStride, accumulate, hasBias);
    }

    // Neighbouring threads read neighbouring elements: of a row where columns are adjacent, else of a column.
    private static void CopyLeft(
        ArrayView<float> tiles, int target, ArrayView<float> a, int firstRow, int first, int m, int k, int rowStride, int columnStride, int isWide)
    {
        int thread = Group.IdxX;
        if (isWide != 0)
        {
            for (int e = thread; e < TileSize * TileDepth / WideCount; e += GroupSize)
            {
                int row = e / (TileDepth / WideCount);
                int column = e % (TileDepth / WideCount) * WideCount;
                int valid = firstRow + row < m ? Remaining(k - first - column) : 0;
                int source = valid > 0 ? ((firstRow + row) * rowStride) + first + column : 0;
                AsyncCopy.ToSharedFirst(tiles, target + (row * LeftStride) + column, a, source, WideCount, valid);
            }
        }
        else
        {
            bool byColumns = rowStride == 1;
            for (int e = thread; e < TileSize * TileDepth; e += GroupSize)
            {
                int row = byColumns ? e % TileSize : e / TileDepth;
                int column = byColumns ? e / TileSize : e % TileDepth;
                bool isThere = firstRow + row < m && first + column < k;
                int source = isThere ? ((firstRow + row) * rowStride) + ((first + column) * columnStride) : 0;
                AsyncCopy.ToSharedFirst(tiles, target + (row * LeftStride) + column, a, source, 1, isThere ? 1 : 0);
            }
        }
    }

    private static void CopyRight(
        ArrayView<float> tiles, int target, ArrayView<float> b, int firstColumn, int first, int n, int k, int rowStride, int columnStride, int isWide)
    {
        int thread = Group.IdxX;
        if (isWide != 0)
        {
            for (int e = thread; e < TileSize * TileDepth / WideCount; e += GroupSize)
            {
                int row = e / (TileSize / WideCount);
                int column = e % (TileSize / WideCount) * WideCount;
                int valid = first + row < k ? Remaining(n - firstColumn - column) : 0;
                int source = valid > 0 ? ((first + row) * rowStride) + firstColumn + column : 0;
                AsyncCopy.ToSharedFirst(tiles, target + (row * RightStride) + column, b, source, WideCount, valid);
            }
        }
        else
        {
            bool byRows = columnStride == 1;
            for (int e = thread; e < TileSize * TileDepth; e += GroupSize)
            {
                int row = byRows ? e / TileSize : e % TileDepth;
                int column = byRows ? e % TileSize : e / TileDepth;
                bool isThere = first + row < k && firstColumn + column < n;
                int source = isThere ? ((first + row) * rowStride) + ((firstColumn + column) * columnStride) : 0;
                AsyncCopy.ToSharedFirst(tiles, target + (row * RightStride) + column, b, source, 1, isThere ? 1 : 0);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Remaining(int count) => count <= 0 ? 0 : count < WideCount ? count : WideCount;

    private static void Multiply<TFactor>(ArrayView<float> sums, ArrayView<float> leftTiles, int left, ArrayView<float> rightTiles, int right)
        where TFactor : struct, IMatrixFactor<TFactor>
    {
        for (int depth = 0; depth < TileDepth; depth += TFactor.Depth)
        {
            LeftFactor upper = TFactor.LoadLeft(leftTiles, left + depth, LeftStride);
            LeftFactor lower = TFactor.LoadLeft(leftTiles, left + depth + (WarpMatrix.Rows * LeftStride), LeftStride);
            for (int column = 0; column < ColumnTiles; column++)
            {
                RightFactor factor = TFactor.LoadRight(rightTiles, right + (depth * RightStride) + (column * WarpMatrix.Columns), RightStride);
                Add<TFactor>(sums, column * LaneSums, upper, factor);
                Add<TFactor>(sums, (ColumnTiles + column) * LaneSums, lower, factor);
            }
        }
    }

    private static void Add<TFactor>(ArrayView<float> sums, int first, LeftFactor left, RightFactor right)
        where TFactor : struct, IMatrixFactor<TFactor>
    {
        WarpSums sum = TFactor.MultiplyAdd(left, right, new WarpSums(sums[first], sums[first + 1], sums[first + 2], sums[first + 3]));
        sums[first] = sum.UpperLeft;
        sums[first + 1] = sum.UpperRight;
        sums[first + 2] = sum.LowerLeft;
        sums[first + 3] = sum.LowerRight;
    }

    private static void Write(
        ArrayView<float> sums, ArrayView<float> c, ArrayView<float> bias, int firstRow, int firstColumn, int m, int n, int rowStride, int accumulate, int hasBias)
    {
        for (int i = 0; i < RowTiles * ColumnTiles * LaneSums; i++)
        {
            int tile = i / LaneSums;
            int row = firstRow + (tile / ColumnTiles * WarpMatrix.Rows) + WarpMatrix.Row + (i % LaneSums / 2 * (WarpMatrix.Rows / 2));
            int column = firstColumn + (tile % ColumnTiles * WarpMatrix.Columns) + (2 * WarpMatrix.Place) + (i % 2);
            if (row < m && column < n)
            {
                int target = (row * rowStride) + column;
                float result = sums[i];
                if (accumulate != 0)
                {
                    result += c[target];
                }

                if (hasBias != 0)
                {
                    result += bias[column];
                }

                c[target] = result;
            }
        }
    }
}
