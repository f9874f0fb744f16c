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
