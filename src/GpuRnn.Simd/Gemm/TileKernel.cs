// Long because: each accumulator must be a local of its own to stay in a register; arrays and loops over them would spill.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd.Gemm;

/// <summary>The inner loop of every product: a tile of rows times neighbouring column registers, summed over k in registers.</summary>
/// <remarks>
/// Row and column counts are type arguments, so the JIT drops the unused locals and branches and keeps every accumulator in a register.
/// Measured on one Zen 3 core (16 registers of 256 bits): 4 rows x 3 registers and 6 x 2 reach 100 GFLOP/s of some 105; 3 x 4 spills
/// and reaches 45. Each sum runs over k in order, so results do not depend on the tile's shape.
/// </remarks>
internal static unsafe class TileKernel
{
    /// <summary>Elements of a cache line.</summary>
    public const int FloatsOfLine = 16;

    /// <summary>C tile = start + A tile · panel, where the start is bias, zeros, or what C holds.</summary>
    /// <param name="panel">Packed columns, [k][TColumns registers].</param>
    /// <param name="k">Summation length.</param>
    /// <param name="a">First element of the first row.</param>
    /// <param name="rowStride">Elements between rows of A.</param>
    /// <param name="stepStride">Elements between neighbouring k of a row of A.</param>
    /// <param name="start">One row of start values for every row, or null to start from what C holds.</param>
    /// <param name="c">First element of the tile of C.</param>
    /// <param name="cStride">Elements between rows of C.</param>
    /// <param name="ahead">Where the lines begin that are asked for into the second-level cache, TAhead of them a step.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TLane, TRows, TColumns, TAhead>(
        float* panel, nint k, float* a, nint rowStride, nint stepStride, float* start, float* c, nint cStride, float* ahead)
        where TLane : struct, IVectorLane<TLane>
        where TRows : struct, ITileCount
        where TColumns : struct, ITileCount
        where TAhead : struct, ITileCount
    {
        TLane c00 = TLane.Zero, c01 = TLane.Zero, c02 = TLane.Zero, c03 = TLane.Zero;
        TLane c10 = TLane.Zero, c11 = TLane.Zero, c12 = TLane.Zero, c13 = TLane.Zero;
        TLane c20 = TLane.Zero, c21 = TLane.Zero, c22 = TLane.Zero, c23 = TLane.Zero;
        TLane c30 = TLane.Zero, c31 = TLane.Zero, c32 = TLane.Zero, c33 = TLane.Zero;
        TLane c40 = TLane.Zero, c41 = TLane.Zero, c42 = TLane.Zero, c43 = TLane.Zero;
        TLane c50 = TLane.Zero, c51 = TLane.Zero, c52 = TLane.Zero, c53 = TLane.Zero;
        TLane c60 = TLane.Zero, c61 = TLane.Zero, c62 = TLane.Zero, c63 = TLane.Zero;
        TLane c70 = TLane.Zero, c71 = TLane.Zero, c72 = TLane.Zero, c73 = TLane.Zero;
        if (start != null)
        {
            c00 = c10 = c20 = c30 = c40 = c50 = c60 = c70 = TLane.Load(start);
            if (TColumns.Count > 1)
            {
                c01 = c11 = c21 = c31 = c41 = c51 = c61 = c71 = TLane.Load(start + TLane.Count);
            }

            if (TColumns.Count > 2)
            {
                c02 = c12 = c22 = c32 = c42 = c52 = c62 = c72 = TLane.Load(start + (2 * TLane.Count));
            }

            if (TColumns.Count > 3)
            {
                c03 = c13 = c23 = c33 = c43 = c53 = c63 = c73 = TLane.Load(start + (3 * TLane.Count));
            }
        }
        else
        {
            c00 = TLane.Load(c);
            c01 = TColumns.Count > 1 ? TLane.Load(c + TLane.Count) : c01;
            c02 = TColumns.Count > 2 ? TLane.Load(c + (2 * TLane.Count)) : c02;
            c03 = TColumns.Count > 3 ? TLane.Load(c + (3 * TLane.Count)) : c03;

            if (TRows.Count > 1)
            {
                c10 = TLane.Load(c + (1 * cStride));
                c11 = TColumns.Count > 1 ? TLane.Load(c + (1 * cStride) + TLane.Count) : c11;
                c12 = TColumns.Count > 2 ? TLane.Load(c + (1 * cStride) + (2 * TLane.Count)) : c12;
                c13 = TColumns.Count > 3 ? TLane.Load(c + (1 * cStride) + (3 * TLane.Count)) : c13;
            }

            if (TRows.Count > 2)
            {
                c20 = TLane.Load(c + (2 * cStride));
                c21 = TColumns.Count > 1 ? TLane.Load(c + (2 * cStride) + TLane.Count) : c21;
                c22 = TColumns.Count > 2 ? TLane.Load(c + (2 * cStride) + (2 * TLane.Count)) : c22;
                c23 = TColumns.Count > 3 ? TLane.Load(c + (2 * cStride) + (3 * TLane.Count)) : c23;
            }

            if (TRows.Count > 3)
            {
                c30 = TLane.Load(c + (3 * cStride));
                c31 = TColumns.Count > 1 ? TLane.Load(c + (3 * cStride) + TLane.Count) : c31;
                c32 = TColumns.Count > 2 ? TLane.Load(c + (3 * cStride) + (2 * TLane.Count)) : c32;
                c33 = TColumns.Count > 3 ? TLane.Load(c + (3 * cStride) + (3 * TLane.Count)) : c33;
            }

            if (TRows.Count > 4)
            {
                c40 = TLane.Load(c + (4 * cStride));
                c41 = TColumns.Count > 1 ? TLane.Load(c + (4 * cStride) + TLane.Count) : c41;
                c42 = TColumns.Count > 2 ? TLane.Load(c + (4 * cStride) + (2 * TLane.Count)) : c42;
                c43 = TColumns.Count > 3 ? TLane.Load(c + (4 * cStride) + (3 * TLane.Count)) : c43;
            }

            if (TRows.Count > 5)
            {
                c50 = TLane.Load(c + (5 * cStride));
                c51 = TColumns.Count > 1 ? TLane.Load(c + (5 * cStride) + TLane.Count) : c51;
                c52 = TColumns.Count > 2 ? TLane.Load(c + (5 * cStride) + (2 * TLane.Count)) : c52;
                c53 = TColumns.Count > 3 ? TLane.Load(c + (5 * cStride) + (3 * TLane.Count)) : c53;
            }

            if (TRows.Count > 6)
            {
                c60 = TLane.Load(c + (6 * cStride));
                c61 = TColumns.Count > 1 ? TLane.Load(c + (6 * cStride) + TLane.Count) : c61;
                c62 = TColumns.Count > 2 ? TLane.Load(c + (6 * cStride) + (2 * TLane.Count)) : c62;
                c63 = TColumns.Count > 3 ? TLane.Load(c + (6 * cStride) + (3 * TLane.Count)) : c63;
            }

            if (TRows.Count > 7)
            {
                c70 = TLane.Load(c + (7 * cStride));
                c71 = TColumns.Count > 1 ? TLane.Load(c + (7 * cStride) + TLane.Count) : c71;
                c72 = TColumns.Count > 2 ? TLane.Load(c + (7 * cStride) + (2 * TLane.Count)) : c72;
                c73 = TColumns.Count > 3 ? TLane.Load(c + (7 * cStride) + (3 * TLane.Count)) : c73;
            }
        }

        nint row1 = 1 * rowStride;
        nint row2 = 2 * rowStride;
        nint row3 = 3 * rowStride;
        nint row4 = 4 * rowStride;
        nint row5 = 5 * rowStride;
        nint row6 = 6 * rowStride;
        nint row7 = 7 * rowStride;

        for (nint i = 0; i < k; i++)
        {
            TLane b0 = TLane.Load(panel);
            TLane b1 = TColumns.Count > 1 ? TLane.Load(panel + TLane.Count) : TLane.Zero;
            TLane b2 = TColumns.Count > 2 ? TLane.Load(panel + (2 * TLane.Count)) : TLane.Zero;
            TLane b3 = TColumns.Count > 3 ? TLane.Load(panel + (3 * TLane.Count)) : TLane.Zero;
            if (TAhead.Count > 0 && Sse.IsSupported)
            {
                Sse.Prefetch1(ahead);
                ahead += FloatsOfLine;
            }

            TLane x0 = TLane.Broadcast(a);
            c00 = TLane.MultiplyAdd(x0, b0, c00);
            c01 = TColumns.Count > 1 ? TLane.MultiplyAdd(x0, b1, c01) : c01;
            c02 = TColumns.Count > 2 ? TLane.MultiplyAdd(x0, b2, c02) : c02;
            c03 = TColumns.Count > 3 ? TLane.MultiplyAdd(x0, b3, c03) : c03;

            if (TRows.Count > 1)
            {
                TLane x1 = TLane.Broadcast(a + row1);
                c10 = TLane.MultiplyAdd(x1, b0, c10);
                c11 = TColumns.Count > 1 ? TLane.MultiplyAdd(x1, b1, c11) : c11;
                c12 = TColumns.Count > 2 ? TLane.MultiplyAdd(x1, b2, c12) : c12;
                c13 = TColumns.Count > 3 ? TLane.MultiplyAdd(x1, b3, c13) : c13;
            }

            if (TRows.Count > 2)
            {
                TLane x2 = TLane.Broadcast(a + row2);
                c20 = TLane.MultiplyAdd(x2, b0, c20);
                c21 = TColumns.Count > 1 ? TLane.MultiplyAdd(x2, b1, c21) : c21;
                c22 = TColumns.Count > 2 ? TLane.MultiplyAdd(x2, b2, c22) : c22;
                c23 = TColumns.Count > 3 ? TLane.MultiplyAdd(x2, b3, c23) : c23;
            }

            if (TRows.Count > 3)
            {
                TLane x3 = TLane.Broadcast(a + row3);
                c30 = TLane.MultiplyAdd(x3, b0, c30);
                c31 = TColumns.Count > 1 ? TLane.MultiplyAdd(x3, b1, c31) : c31;
                c32 = TColumns.Count > 2 ? TLane.MultiplyAdd(x3, b2, c32) : c32;
                c33 = TColumns.Count > 3 ? TLane.MultiplyAdd(x3, b3, c33) : c33;
            }

            if (TRows.Count > 4)
            {
                TLane x4 = TLane.Broadcast(a + row4);
                c40 = TLane.MultiplyAdd(x4, b0, c40);
                c41 = TColumns.Count > 1 ? TLane.MultiplyAdd(x4, b1, c41) : c41;
                c42 = TColumns.Count > 2 ? TLane.MultiplyAdd(x4, b2, c42) : c42;
                c43 = TColumns.Count > 3 ? TLane.MultiplyAdd(x4, b3, c43) : c43;
            }

            if (TRows.Count > 5)
            {
                TLane x5 = TLane.Broadcast(a + row5);
                c50 = TLane.MultiplyAdd(x5, b0, c50);
                c51 = TColumns.Count > 1 ? TLane.MultiplyAdd(x5, b1, c51) : c51;
                c52 = TColumns.Count > 2 ? TLane.MultiplyAdd(x5, b2, c52) : c52;
                c53 = TColumns.Count > 3 ? TLane.MultiplyAdd(x5, b3, c53) : c53;
            }

            if (TRows.Count > 6)
            {
                TLane x6 = TLane.Broadcast(a + row6);
                c60 = TLane.MultiplyAdd(x6, b0, c60);
                c61 = TColumns.Count > 1 ? TLane.MultiplyAdd(x6, b1, c61) : c61;
                c62 = TColumns.Count > 2 ? TLane.MultiplyAdd(x6, b2, c62) : c62;
                c63 = TColumns.Count > 3 ? TLane.MultiplyAdd(x6, b3, c63) : c63;
            }

            if (TRows.Count > 7)
            {
                TLane x7 = TLane.Broadcast(a + row7);
                c70 = TLane.MultiplyAdd(x7, b0, c70);
                c71 = TColumns.Count > 1 ? TLane.MultiplyAdd(x7, b1, c71) : c71;
                c72 = TColumns.Count > 2 ? TLane.MultiplyAdd(x7, b2, c72) : c72;
                c73 = TColumns.Count > 3 ? TLane.MultiplyAdd(x7, b3, c73) : c73;
            }

            a += stepStride;
            panel += TColumns.Count * TLane.Count;
        }

        Store<TLane, TColumns>(c, c00, c01, c02, c03);

        if (TRows.Count > 1)
        {
            Store<TLane, TColumns>(c + (1 * cStride), c10, c11, c12, c13);
        }

        if (TRows.Count > 2)
        {
            Store<TLane, TColumns>(c + (2 * cStride), c20, c21, c22, c23);
        }

        if (TRows.Count > 3)
        {
            Store<TLane, TColumns>(c + (3 * cStride), c30, c31, c32, c33);
        }

        if (TRows.Count > 4)
        {
            Store<TLane, TColumns>(c + (4 * cStride), c40, c41, c42, c43);
        }

        if (TRows.Count > 5)
        {
            Store<TLane, TColumns>(c + (5 * cStride), c50, c51, c52, c53);
        }

        if (TRows.Count > 6)
        {
            Store<TLane, TColumns>(c + (6 * cStride), c60, c61, c62, c63);
        }

        if (TRows.Count > 7)
        {
            Store<TLane, TColumns>(c + (7 * cStride), c70, c71, c72, c73);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TLane, TColumns>(float* row, TLane c0, TLane c1, TLane c2, TLane c3)
        where TLane : struct, IVectorLane<TLane>
        where TColumns : struct, ITileCount
    {
        TLane.Store(row, c0);
        if (TColumns.Count > 1)
        {
            TLane.Store(row + TLane.Count, c1);
        }

        if (TColumns.Count > 2)
        {
            TLane.Store(row + (2 * TLane.Count), c2);
        }

        if (TColumns.Count > 3)
        {
            TLane.Store(row + (3 * TLane.Count), c3);
        }
    }
}
