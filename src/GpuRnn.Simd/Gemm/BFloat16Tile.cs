using System.Runtime.CompilerServices;
using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd.Gemm;

/// <summary>The inner loop of products whose packed columns are rounded to BFloat16; sums and rows stay in single precision.</summary>
/// <remarks>
/// A register of words holds two registers of columns, one in the low halves, one in the high ones, so that a shift and a mask make the numbers of both.
/// For few rows the time is that of reading the panel, and this one has half the bytes. Each sum runs over k in order, as in <see cref="TileKernel"/>, so the
/// results have the bits of a product of single precision by columns that were rounded beforehand.
/// </remarks>
internal static unsafe class BFloat16Tile
{
    /// <summary>The most rows of a tile.</summary>
    public const int MostRows = 4;

    /// <summary>C tile = start + A tile · panel.</summary>
    /// <param name="rows">1 to <see cref="MostRows"/>.</param>
    /// <param name="columns">Registers of columns, 1 to 4.</param>
    /// <param name="panel">[k][half as many registers of words].</param>
    /// <param name="k">Summation length.</param>
    /// <param name="a">First element of the first row.</param>
    /// <param name="rowStride">Elements between rows of A.</param>
    /// <param name="start">One row of start values for every row.</param>
    /// <param name="c">First element of the tile of C.</param>
    /// <param name="cStride">Elements between rows of C.</param>
    public static void Run<TLane>(int rows, int columns, uint* panel, nint k, float* a, nint rowStride, float* start, float* c, nint cStride)
        where TLane : struct, IVectorLane<TLane>
    {
        // Rows two by two, then one: panels of few rows are read from the first-level cache the second time.
        for (; rows >= 2; rows -= 2)
        {
            RunTwo<TLane>(columns, panel, panel, k, a, a + rowStride, start, start, c, c + cStride);
            a += 2 * rowStride;
            c += 2 * cStride;
        }

        if (rows == 1)
        {
            RunOne<TLane>(columns, panel, k, a, start, c);
        }
    }

    /// <summary>One row by two panels, whose sums do not wait for one another.</summary>
    public static void RunPair<TLane>(
        int columns, uint* firstPanel, uint* secondPanel, nint k, float* a, float* firstStart, float* secondStart, float* first, float* second)
        where TLane : struct, IVectorLane<TLane> =>
        RunTwo<TLane>(columns, firstPanel, secondPanel, k, a, a, firstStart, secondStart, first, second);

    private static void RunOne<TLane>(int columns, uint* panel, nint k, float* a, float* start, float* c)
        where TLane : struct, IVectorLane<TLane>
    {
        switch (columns)
        {
            case 1:
                One<TLane, TileCounts.One>(panel, k, a, start, c);
                break;
            case 2:
                One<TLane, TileCounts.Two>(panel, k, a, start, c);
                break;
            case 3:
                One<TLane, TileCounts.Three>(panel, k, a, start, c);
                break;
            default:
                One<TLane, TileCounts.Four>(panel, k, a, start, c);
                break;
        }
    }

    private static void RunTwo<TLane>(
        int columns, uint* panel, uint* otherPanel, nint k, float* a, float* otherA, float* start, float* otherStart, float* c, float* otherC)
        where TLane : struct, IVectorLane<TLane>
    {
        switch (columns)
        {
            case 1:
                Two<TLane, TileCounts.One>(panel, otherPanel, k, a, otherA, start, otherStart, c, otherC);
                break;
            case 2:
                Two<TLane, TileCounts.Two>(panel, otherPanel, k, a, otherA, start, otherStart, c, otherC);
                break;
            case 3:
                Two<TLane, TileCounts.Three>(panel, otherPanel, k, a, otherA, start, otherStart, c, otherC);
                break;
            default:
                Two<TLane, TileCounts.Four>(panel, otherPanel, k, a, otherA, start, otherStart, c, otherC);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One<TLane, TColumns>(uint* panel, nint k, float* a, float* start, float* c)
        where TLane : struct, IVectorLane<TLane>
        where TColumns : struct, ITileCount
    {
        LoadSums<TLane, TColumns>(start, out TLane c0, out TLane c1, out TLane c2, out TLane c3);
        for (nint i = 0; i < k; i++)
        {
            Step<TLane, TColumns>(panel, TLane.Broadcast(a + i), ref c0, ref c1, ref c2, ref c3);
            panel += (TColumns.Count + 1) / 2 * TLane.Count;
        }

        TileKernel.Store<TLane, TColumns>(c, c0, c1, c2, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Two<TLane, TColumns>(
        uint* panel, uint* otherPanel, nint k, float* a, float* otherA, float* start, float* otherStart, float* c, float* otherC)
        where TLane : struct, IVectorLane<TLane>
        where TColumns : struct, ITileCount
    {
        LoadSums<TLane, TColumns>(start, out TLane c0, out TLane c1, out TLane c2, out TLane c3);
        LoadSums<TLane, TColumns>(otherStart, out TLane d0, out TLane d1, out TLane d2, out TLane d3);
        for (nint i = 0; i < k; i++)
        {
            Step<TLane, TColumns>(panel, TLane.Broadcast(a + i), ref c0, ref c1, ref c2, ref c3);
            Step<TLane, TColumns>(otherPanel, TLane.Broadcast(otherA + i), ref d0, ref d1, ref d2, ref d3);
            panel += (TColumns.Count + 1) / 2 * TLane.Count;
            otherPanel += (TColumns.Count + 1) / 2 * TLane.Count;
        }

        TileKernel.Store<TLane, TColumns>(c, c0, c1, c2, c3);
        TileKernel.Store<TLane, TColumns>(otherC, d0, d1, d2, d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadSums<TLane, TColumns>(float* start, out TLane c0, out TLane c1, out TLane c2, out TLane c3)
        where TLane : struct, IVectorLane<TLane>
        where TColumns : struct, ITileCount
    {
        c0 = TLane.Load(start);
        c1 = TColumns.Count > 1 ? TLane.Load(start + TLane.Count) : TLane.Zero;
        c2 = TColumns.Count > 2 ? TLane.Load(start + (2 * TLane.Count)) : TLane.Zero;
        c3 = TColumns.Count > 3 ? TLane.Load(start + (3 * TLane.Count)) : TLane.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<TLane, TColumns>(uint* panel, TLane x, ref TLane c0, ref TLane c1, ref TLane c2, ref TLane c3)
        where TLane : struct, IVectorLane<TLane>
        where TColumns : struct, ITileCount
    {
        TLane.LoadBFloat16(panel, out TLane b0, out TLane b1);
        c0 = TLane.MultiplyAdd(x, b0, c0);
        if (TColumns.Count > 1)
        {
            c1 = TLane.MultiplyAdd(x, b1, c1);
        }

        if (TColumns.Count > 2)
        {
            TLane.LoadBFloat16(panel + TLane.Count, out TLane b2, out TLane b3);
            c2 = TLane.MultiplyAdd(x, b2, c2);
            if (TColumns.Count > 3)
            {
                c3 = TLane.MultiplyAdd(x, b3, c3);
            }
        }
    }
}
