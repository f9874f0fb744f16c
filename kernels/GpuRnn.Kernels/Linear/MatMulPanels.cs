using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Linear;

/// <summary>The matrix product over a packed right factor, with a tile of sums in registers: the top of the ladder on devices with vectors.</summary>
public static class MatMulPanels
{
    /// <summary>C = op(A) B (+ C), where B and the bias lie in panels.</summary>
    /// <typeparam name="TRows">The tile's rows.</typeparam>
    /// <typeparam name="TLane">The device's vector.</typeparam>
    /// <typeparam name="TBlocks">The lanes of a panel's row.</typeparam>
    /// <remarks>
    /// Formula: <see cref="MatMulReference.Multiply"/>. Groups of one thread: X over tiles of rows, Y over panels, so that groups that run
    /// one after the other share a panel. One thread, one tile. Every sum is taken from first term to last with one rounding a term,
    /// beginning with the bias. Aliasing: C overlaps neither A nor the panels. Deterministic.
    /// </remarks>
    public static void Forward<TRows, TLane, TBlocks>(
        ArrayView<float> a,       // [M, K] by its strides; not modified. Or panels of it, a tile of rows in each
        ArrayView<float> panels,  // PackPanels of B and the bias; not modified
        ArrayView<float> c,       // [M, N], columns adjacent
        int m,                    // M
        int n,                    // N
        int k,                    // K
        int aTileStride,          // from one tile of rows to the next; a row stride times the tile's rows where a is no panel
        int aRowStride,
        int aColumnStride,
        int cRowStride,
        int accumulate)           // 1 to add to C, else 0
        where TRows : struct, IRows<TRows, TLane, TBlocks>
        where TLane : struct, IVectorReal<TLane>
        where TBlocks : struct, IBlocks<TBlocks, TLane>
    {
        Frame<TLane, TBlocks> frame = new()
        {
            A = a,
            C = c,
            Rows = m,
            Column = Grid.IdxY * TBlocks.Count * TLane.Count,
            ColumnCount = n,
            AFirst = (Grid.IdxX * aTileStride) - (Grid.IdxX * TRows.Count * aRowStride),
            AStride = aRowStride,
            CStride = cRowStride,
            Accumulate = accumulate,
        };
        PackedProduct.Run<Frame<TLane, TBlocks>, TRows, TLane, TBlocks>(
            ref frame, panels, Grid.IdxY, Grid.IdxX * TRows.Count, k, aColumnStride);
    }

    /// <summary>The kernel for a tile.</summary>
    public static MethodInfo Close(TileShape tile) =>
        typeof(MatMulPanels).GetMethod(nameof(Forward))!.MakeGenericMethod(tile.RowsType, tile.LaneType, tile.BlocksType);

    /// <summary>The kernel for the tiles that the library uses.</summary>
    public static IEnumerable<MethodInfo> ClosedForms() => TileTable.Products.Select(Close);

    private struct Frame<TLane, TBlocks> : IRowSource, IRowSink<TBlocks>
        where TLane : struct, IVectorReal<TLane>
        where TBlocks : struct, IBlocks<TBlocks, TLane>
    {
        public ArrayView<float> A;
        public ArrayView<float> C;
        public int Rows;
        public int Column;
        public int ColumnCount;
        public int AFirst;
        public int AStride;
        public int CStride;
        public int Accumulate;

        public int RowCount
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => Rows;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Find(int row, out ArrayView<float> memory, out int start)
        {
            memory = A;
            start = AFirst + ((row < Rows ? row : Rows - 1) * AStride);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Take(int row, TBlocks sums)
        {
            Store(row, 0, TBlocks.Block(sums, 0));
            if (TBlocks.Count > 1)
            {
                Store(row, 1, TBlocks.Block(sums, 1));
            }

            if (TBlocks.Count > 2)
            {
                Store(row, 2, TBlocks.Block(sums, 2));
            }

            if (TBlocks.Count > 3)
            {
                Store(row, 3, TBlocks.Block(sums, 3));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Store(int row, int block, TLane sum)
        {
            int column = Column + (block * TLane.Count);
            int count = ColumnCount - column;
            int target = (row * CStride) + column;
            if (Accumulate != 0)
            {
                sum += TLane.LoadFirst(C, target, count);
            }

            TLane.StoreFirst(C, target, count, sum);
        }
    }
}
