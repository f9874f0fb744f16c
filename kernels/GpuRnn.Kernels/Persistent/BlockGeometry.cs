using System.Runtime.CompilerServices;

namespace GpuRnn.Kernels.Persistent;

/// <summary>What a block of threads owns, and what each of its threads does in a step's product and behind it.</summary>
/// <remarks>
/// <para>
/// A block is X of the grid over units and Y over row tiles. Its product has units·gates columns and the row tile's rows; a thread takes a
/// register tile of it for every <c>slices</c>-th term of the sums. Behind the product the first units·rows threads are the block's cells,
/// one (row, unit) each, which add the slices up in order.
/// </para>
/// <para>
/// So the order of every sum follows from the number of slices alone: how many blocks share the units, and how many rows a block has,
/// changes no bit.
/// </para>
/// </remarks>
internal readonly struct BlockGeometry
{
    /// <summary>Elements of a chunk that a thread holds in registers while they are on their way.</summary>
    public const int FloatsAhead = 16;

    /// <summary>First unit of the block.</summary>
    public readonly int FirstUnit;

    /// <summary>First batch row of the block.</summary>
    public readonly int FirstRow;

    /// <summary>Rows of a row tile.</summary>
    public readonly int Rows;

    /// <summary>Columns of the block's product.</summary>
    public readonly int Columns;

    /// <summary>Elements from one row of sums to the next in shared memory, see <see cref="SumRow"/>.</summary>
    public readonly int Stride;

    /// <summary>Of the terms that <see cref="StagedTileProduct{TTile, TBlocks}"/> brings to shared memory at once, those of a slice: an even number.</summary>
    public readonly int ChunkTerms;

    /// <summary>Parts into which the terms of a sum are divided.</summary>
    public readonly int Slices;

    /// <summary>The thread's part.</summary>
    public readonly int Slice;

    /// <summary>First column of the thread's register tile.</summary>
    public readonly int TileColumn;

    /// <summary>First row of the thread's register tile within the row tile.</summary>
    public readonly int TileRow;

    /// <summary>The thread's cell: its unit within the block.</summary>
    public readonly int CellUnit;

    /// <summary>The thread's cell: its row within the row tile. Beyond it for threads without a cell.</summary>
    public readonly int CellRow;

    /// <summary>Works out the place of the calling thread.</summary>
    /// <param name="units">Units of a block.</param>
    /// <param name="gates">Columns of a unit.</param>
    /// <param name="rows">Rows of a row tile; a multiple of <paramref name="tileRows"/>.</param>
    /// <param name="slices">Parts of a sum; threads of a block are this times the register tiles.</param>
    /// <param name="tileColumns">Columns of a register tile; a divisor of units·gates.</param>
    /// <param name="tileRows">Rows of a register tile.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public BlockGeometry(int units, int gates, int rows, int slices, int tileColumns, int tileRows)
    {
        FirstUnit = Grid.IdxX * units;
        FirstRow = Grid.IdxY * rows;
        Slices = slices;

        // Neighbouring threads take neighbouring rows, then columns, so that they share weights and read neighbouring states.
        int thread = Group.IdxX;
        int rowTiles = rows / tileRows;
        int columnTiles = units * gates / tileColumns;
        int tiles = rowTiles * columnTiles;

        // Products with constants: so a compiler sees that rows and columns of a tile lie at multiples of its size, and moves several at once.
        Rows = rowTiles * tileRows;
        Columns = columnTiles * tileColumns;
        Stride = StrideOf(columnTiles, tileColumns);
        ChunkTerms = columnTiles * FloatsAhead / tileRows;
        int tile = thread % tiles;
        Slice = thread / tiles;

        // Of four neighbours two pairs share their rows and two others their columns: shared memory then answers a wide read of a warp in half the clocks.
        bool isPaired = ((rowTiles | columnTiles) & 1) == 0;
        int rows2 = isPaired ? rowTiles / 2 : rowTiles;
        int place = isPaired ? tile / 4 : tile;
        int row = isPaired ? (place % rows2 * 2) + (tile & 1) : place % rows2;
        int column = isPaired ? (place / rows2 * 2) + (tile / 2 & 1) : place / rows2;
        TileRow = row * tileRows;
        TileColumn = column * tileColumns;
        CellUnit = thread / rows;
        CellRow = CellUnit < units ? thread % rows : rows;
    }

    /// <summary>Works out the place of a thread of a block whose warps multiply matrices: each all rows and columns of a part of the terms.</summary>
    /// <param name="gates">Columns of a unit.</param>
    /// <param name="rowTiles">Tiles of <see cref="WarpMatrix.Rows"/> rows.</param>
    /// <param name="columnTiles">Tiles of <see cref="WarpMatrix.Columns"/> columns; together a multiple of twice the gates.</param>
    /// <param name="slices">Warps.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public BlockGeometry(int gates, int rowTiles, int columnTiles, int slices)
    {
        int thread = Group.IdxX;
        Rows = rowTiles * WarpMatrix.Rows;
        Columns = columnTiles * WarpMatrix.Columns;
        int units = Columns / gates;
        FirstUnit = Grid.IdxX * units;
        FirstRow = Grid.IdxY * Rows;
        Slices = slices;
        ChunkTerms = 0;
        Slice = Warp.WarpIdx;
        TileRow = 0;
        TileColumn = 0;

        // An odd number of tiles, so that neighbouring rows of sums begin in other banks.
        Stride = (columnTiles | 1) * WarpMatrix.Columns;

        // Lanes 2i and 2i + 1 have neighbouring units of a row, whose terms may be halves of a word.
        CellUnit = (thread / (2 * Rows) * 2) + (thread & 1);
        CellRow = CellUnit < units ? thread / 2 % Rows : Rows;
    }

    /// <summary>Elements of a slice's sums.</summary>
    public int SliceFloats
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => SumRow(Rows, Stride);
    }

    /// <summary>True when the thread has a cell.</summary>
    public bool HasCell
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => CellRow < Rows;
    }

    /// <summary>The cell's unit of the layer.</summary>
    public int Unit
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => FirstUnit + CellUnit;
    }

    /// <summary>The cell's row of the batch.</summary>
    public int Row
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => FirstRow + CellRow;
    }

    /// <summary>Where a row of sums begins: eight rows lie eight elements behind the eight before them, so that register tiles of four and eight rows begin in other banks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SumRow(int row, int stride) => (row * stride) + (row / 8 * 8);

    /// <summary>
    /// Elements from one row of sums to the next. With tiles of four columns an odd number of tiles, so that every row begins at a
    /// multiple of 16 bytes and neighbouring rows in other banks of shared memory; with others no multiple of eight.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int StrideOf(int columnTiles, int tileColumns)
    {
        int columns = columnTiles * tileColumns;
        return tileColumns == 4 ? (columnTiles | 1) * 4 : columns % 8 == 0 ? columns + 4 : columns;
    }

    /// <summary>The least multiple of 16 bytes that holds some floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Aligned(int floats) => (floats + 3) & ~3;
}
