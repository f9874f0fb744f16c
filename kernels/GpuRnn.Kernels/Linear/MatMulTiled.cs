using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Linear;

/// <summary>
/// The matrix product through tiles of shared memory: each element of A and B is loaded once a tile instead of once an output.
/// </summary>
public static class MatMulTiled
{
    /// <summary>Rows and columns of a tile; a group has TileSize × TileSize threads.</summary>
    public const int TileSize = 16;

    /// <summary>C = op(A) op(B) (+ C) (+ bias).</summary>
    /// <remarks>
    /// Formula: <see cref="MatMulReference.Multiply"/>. Groups: X over tiles of columns, Y over tiles of rows; group of
    /// (<see cref="TileSize"/>, <see cref="TileSize"/>, 1). One thread, one output. Threads beyond the edge load zeros, reach every
    /// barrier and store nothing. Aliasing: C overlaps neither A nor B. Deterministic, with the same bits as <see cref="MatMulNaive"/>:
    /// k ascends, and the zeros beyond the edge do not change a sum.
    /// </remarks>
    [LaunchBounds(TileSize * TileSize)]
    public static void Forward(
        [ReadOnlyView] ArrayView1D<float, Stride1D.Dense> a,  // [M, K] by its strides
        [ReadOnlyView] ArrayView1D<float, Stride1D.Dense> b,  // [K, N] by its strides
        ArrayView1D<float, Stride1D.Dense> c,     // [M, N], columns adjacent
        ArrayView1D<float, Stride1D.Dense> bias,  // [N]; not read unless hasBias
        int m,                                    // M
        int n,                                    // N
        int k,                                    // K
        int aRowStride,
        int aColumnStride,
        int bRowStride,
        int bColumnStride,
        int cRowStride,
        int accumulate,                           // 1 to add to C, else 0
        int hasBias)                              // 1 to add the bias, else 0
    {
        ArrayView<float> tileA = SharedMemory.Allocate<float>(TileSize * TileSize);
        ArrayView<float> tileB = SharedMemory.Allocate<float>(TileSize * TileSize);
        int x = Group.IdxX;
        int y = Group.IdxY;
        int column = (Grid.IdxX * TileSize) + x;
        int row = (Grid.IdxY * TileSize) + y;

        F32 sum = F32.Zero;
        for (int first = 0; first < k; first += TileSize)
        {
            int ka = first + x;
            int kb = first + y;
            tileA[(y * TileSize) + x] = row < m && ka < k ? a[(row * aRowStride) + (ka * aColumnStride)] : 0f;
            tileB[(y * TileSize) + x] = kb < k && column < n ? b[(kb * bRowStride) + (column * bColumnStride)] : 0f;

            // After this: both tiles are complete and visible to the whole group.
            Group.Barrier();

            for (int i = 0; i < TileSize; i++)
            {
                sum = F32.MultiplyAdd(new F32(tileA[(y * TileSize) + i]), new F32(tileB[(i * TileSize) + x]), sum);
            }

            // After this: every thread has read the tiles, so that the next round may overwrite them.
            Group.Barrier();
        }

        if (row < m && column < n)
        {
            int target = (row * cRowStride) + column;
            float result = sum.Value;
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
