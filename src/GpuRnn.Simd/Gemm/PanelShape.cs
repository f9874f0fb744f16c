using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd.Gemm;

/// <summary>How the columns of one packed panel are cut into chunks that a tile kernel holds in registers.</summary>
/// <remarks>A panel of v registers of columns is stored chunk after chunk, each chunk [k][its registers].</remarks>
internal sealed class PanelShape
{
    private PanelShape(int vectors, int laneCount, int[] chunkVectors, int[] chunkStarts, int maxRows)
    {
        Vectors = vectors;
        Columns = vectors * laneCount;
        LaneCount = laneCount;
        ChunkVectors = chunkVectors;
        ChunkStarts = chunkStarts;
        MaxRows = maxRows;
        PairedColumns = chunkVectors.Sum(Pairs) * laneCount;
    }

    /// <summary>Registers of columns in the panel.</summary>
    public int Vectors { get; }

    /// <summary>Columns in the panel.</summary>
    public int Columns { get; }

    /// <summary>Columns in a register.</summary>
    public int LaneCount { get; }

    /// <summary>Registers in each chunk.</summary>
    public int[] ChunkVectors { get; }

    /// <summary>First register of each chunk.</summary>
    public int[] ChunkStarts { get; }

    /// <summary>The most rows a tile over this panel may have.</summary>
    public int MaxRows { get; }

    /// <summary>Cuts <paramref name="vectors"/> registers into the fewest chunks of nearly equal size.</summary>
    public static PanelShape Create<TLane>(int vectors)
        where TLane : struct, IVectorLane<TLane>
    {
        int chunkCount = (vectors + TileTable<TLane>.MaxColumns - 1) / TileTable<TLane>.MaxColumns;
        int[] sizes = new int[chunkCount];
        int[] starts = new int[chunkCount];
        int maxRows = int.MaxValue;
        int start = 0;
        for (int chunk = 0; chunk < chunkCount; chunk++)
        {
            sizes[chunk] = (vectors - start + chunkCount - chunk - 1) / (chunkCount - chunk);
            starts[chunk] = start;
            start += sizes[chunk];
            maxRows = Math.Min(maxRows, TileTable<TLane>.MaxRows(sizes[chunk]));
        }

        return new PanelShape(vectors, TLane.Count, sizes, starts, maxRows);
    }

    /// <summary>Words of one step of the panel where two registers of BFloat16 share one of words.</summary>
    public int PairedColumns { get; }

    /// <summary>Where a column lies at step 0 of a panel of BFloat16, counted in numbers of 16 bits, and the distance to the next step.</summary>
    public nint PairedOffset(int column, nint k, out nint stepStride)
    {
        int vector = column / LaneCount;
        int chunk = 0;
        nint first = 0;
        while (vector >= ChunkStarts[chunk] + ChunkVectors[chunk])
        {
            first += Pairs(ChunkVectors[chunk++]) * LaneCount * k;
        }

        vector -= ChunkStarts[chunk];
        stepStride = 2 * Pairs(ChunkVectors[chunk]) * LaneCount;
        return (2 * (first + (vector / 2 * LaneCount) + (column % LaneCount))) + (vector % 2);
    }

    /// <summary>Runs one tile of at most <see cref="BFloat16Tile.MostRows"/> rows over all chunks of a panel of BFloat16.</summary>
    /// <param name="rows">Rows of the tile.</param>
    /// <param name="panel">The packed panel.</param>
    /// <param name="k">Steps of the panel.</param>
    /// <param name="depth">Steps to sum over: all, or 0 for the start values alone.</param>
    /// <param name="a">First element of the first row.</param>
    /// <param name="rowStride">Elements between rows of A.</param>
    /// <param name="start">A row of start values, one a column.</param>
    /// <param name="c">First element of the tile of C.</param>
    /// <param name="cStride">Elements between rows of C.</param>
    public unsafe void RunBFloat16<TLane>(int rows, uint* panel, nint k, nint depth, float* a, nint rowStride, float* start, float* c, nint cStride)
        where TLane : struct, IVectorLane<TLane>
    {
        for (int chunk = 0; chunk < ChunkVectors.Length; chunk++)
        {
            nint column = ChunkStarts[chunk] * LaneCount;
            BFloat16Tile.Run<TLane>(rows, ChunkVectors[chunk], panel, depth, a, rowStride, start + column, c + column, cStride);
            panel += Pairs(ChunkVectors[chunk]) * LaneCount * k;
        }
    }

    /// <summary>Runs one row over all chunks of two panels of BFloat16 side by side.</summary>
    /// <param name="panel">The first panel.</param>
    /// <param name="distance">Words from it to the second one.</param>
    /// <param name="k">Summation length.</param>
    /// <param name="a">The row.</param>
    /// <param name="start">Start values of the first panel, those of the second one behind them.</param>
    /// <param name="first">Receives the first panel's sums.</param>
    /// <param name="second">Receives the second panel's.</param>
    public unsafe void RunBFloat16Pair<TLane>(uint* panel, nint distance, nint k, float* a, float* start, float* first, float* second)
        where TLane : struct, IVectorLane<TLane>
    {
        for (int chunk = 0; chunk < ChunkVectors.Length; chunk++)
        {
            nint column = ChunkStarts[chunk] * LaneCount;
            BFloat16Tile.RunPair<TLane>(
                ChunkVectors[chunk], panel, panel + distance, k, a, start + column, start + Columns + column, first + column, second + column);
            panel += Pairs(ChunkVectors[chunk]) * LaneCount * k;
        }
    }

    private static int Pairs(int vectors) => (vectors + 1) / 2;

    /// <summary>How many cache lines one tile over <paramref name="k"/> steps asks for.</summary>
    public nint LinesAhead(nint k) => ChunkVectors.Length * k;

    /// <summary>Runs one tile over all chunks of a panel.</summary>
    /// <param name="rows">Rows of the tile, at most <see cref="MaxRows"/>.</param>
    /// <param name="panel">The packed panel.</param>
    /// <param name="k">Summation length.</param>
    /// <param name="a">First element of the first row.</param>
    /// <param name="rowStride">Elements between rows of A.</param>
    /// <param name="stepStride">Elements between neighbouring k.</param>
    /// <param name="start">A row of start values, one a column, or null to accumulate onto C.</param>
    /// <param name="c">First element of the tile of C.</param>
    /// <param name="cStride">Elements between rows of C.</param>
    /// <param name="ahead">Where <see cref="LinesAhead"/> cache lines begin that will be wanted soon; null to ask for none.</param>
    public unsafe void Run<TLane>(
        int rows, float* panel, nint k, float* a, nint rowStride, nint stepStride, float* start, float* c, nint cStride, float* ahead = null)
        where TLane : struct, IVectorLane<TLane>
    {
        for (int chunk = 0; chunk < ChunkVectors.Length; chunk++)
        {
            nint column = ChunkStarts[chunk] * LaneCount;
            TileTable<TLane>.Run(
                rows,
                ChunkVectors[chunk],
                panel + (column * k),
                k,
                a,
                rowStride,
                stepStride,
                start == null ? null : start + column,
                c + column,
                cStride,
                ahead == null ? null : ahead + (chunk * k * TileKernel.FloatsOfLine));
        }
    }

    /// <summary>The address of column <paramref name="column"/> at k = 0 in a packed panel, and the distance to k + 1.</summary>
    public nint ColumnOffset(int column, nint k, out nint stepStride)
    {
        int vector = column / LaneCount;
        int chunk = ChunkStarts.Length - 1;
        while (ChunkStarts[chunk] > vector)
        {
            chunk--;
        }

        nint chunkColumn = ChunkStarts[chunk] * LaneCount;
        stepStride = ChunkVectors[chunk] * LaneCount;
        return (chunkColumn * k) + column - chunkColumn;
    }

    /// <summary>Rows of tile <paramref name="tile"/> when <paramref name="rows"/> are cut into the fewest tiles of nearly equal size.</summary>
    public static int TileStart(int rows, int tileCount, int tile) => (int)((long)rows * tile / tileCount);

    /// <summary>The fewest tiles that hold <paramref name="rows"/> rows.</summary>
    public int TileCount(int rows) => (rows + MaxRows - 1) / MaxRows;
}
