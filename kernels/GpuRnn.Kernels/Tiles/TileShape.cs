using System;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Tiles;

/// <summary>The size of a register tile, and the types that stand for it as type arguments of a kernel.</summary>
/// <remarks>Host code.</remarks>
public readonly record struct TileShape
{
    /// <summary>Names a tile.</summary>
    /// <param name="rows">1, 2, 4 or 8.</param>
    /// <param name="blocks">1 to 4 lanes a row.</param>
    /// <param name="lanes">1, 4, 8 or 16 numbers a lane.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is none of these.</exception>
    public TileShape(int rows, int blocks, int lanes)
    {
        if (rows is not (1 or 2 or 4 or 8) || blocks is not (1 or 2 or 3 or 4) || lanes is not (1 or 4 or 8 or 16))
        {
            throw new ArgumentOutOfRangeException(
                nameof(rows),
                $"TileShape: {rows} rows of {blocks} blocks of {lanes} lanes arrived, but 1, 2, 4 or 8 rows of 1 to 4 blocks of 1, 4, 8 or 16 lanes "
                + "were needed. Choose such a tile.");
        }

        Rows = rows;
        Blocks = blocks;
        Lanes = lanes;
    }

    /// <summary>Rows of the tile.</summary>
    public int Rows { get; }

    /// <summary>Lanes of a row.</summary>
    public int Blocks { get; }

    /// <summary>Numbers of a lane.</summary>
    public int Lanes { get; }

    /// <summary>Numbers of a row.</summary>
    public int Width => Blocks * Lanes;

    /// <summary>Implements <see cref="IVectorReal{TSelf}"/>.</summary>
    public Type LaneType => Lanes switch
    {
        1 => typeof(F32),
        4 => typeof(F32Vector<Lanes4>),
        8 => typeof(F32Vector<Lanes8>),
        _ => typeof(F32Vector<Lanes16>),
    };

    /// <summary>Implements <see cref="IBlocks{TSelf, TLane}"/>.</summary>
    public Type BlocksType => (Blocks switch
    {
        1 => typeof(Blocks1<>),
        2 => typeof(Blocks2<>),
        3 => typeof(Blocks3<>),
        _ => typeof(Blocks4<>),
    }).MakeGenericType(LaneType);

    /// <summary>Implements <see cref="IRows{TSelf, TLane, TBlocks}"/>.</summary>
    public Type RowsType
    {
        get
        {
            Type rows = typeof(OneRow<,>).MakeGenericType(LaneType, BlocksType);
            for (int count = 1; count < Rows; count *= 2)
            {
                rows = typeof(TwiceRows<,,>).MakeGenericType(rows, LaneType, BlocksType);
            }

            return rows;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Rows} x {Blocks} x {Lanes}";
}
