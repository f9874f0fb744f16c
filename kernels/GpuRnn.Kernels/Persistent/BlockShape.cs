using System;
using System.Reflection;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Persistent;

/// <summary>How a recurrent layer is divided among blocks and threads, and the types that stand for it as type arguments of a kernel.</summary>
/// <remarks>
/// <para>
/// A block has <see cref="Units"/> units with all their gates and <see cref="Rows"/> batch rows. Its recurrent weights stay in its shared
/// memory for the whole loop. A thread's register tile of the product is <see cref="TileRows"/> rows times <see cref="TileColumns"/>
/// columns; the terms of a sum are dealt out to <see cref="Slices"/> threads, whose sums are then added in order.
/// </para>
/// <para>
/// So the order of every sum follows from the slices alone: how many blocks share the units, and how many rows a block has, changes no bit.
/// Host code.
/// </para>
/// </remarks>
public sealed record BlockShape : IBlockShape
{
    /// <summary>Describes a division.</summary>
    /// <param name="gates">Blocks of the step's product, 1 to 4.</param>
    /// <param name="isBackward">True for the backward loop, where a unit is one column and the terms are the gates of all units.</param>
    /// <param name="units">Units of a block.</param>
    /// <param name="rows">Rows of a block.</param>
    /// <param name="slices">Threads that share a sum.</param>
    /// <param name="tileRows">Rows of a register tile: 1, 2, 4 or 8, a divisor of <paramref name="rows"/>.</param>
    /// <exception cref="ArgumentException">The register tiles do not divide the block, or there are fewer threads than units times rows.</exception>
    public BlockShape(int gates, bool isBackward, int units, int rows, int slices, int tileRows)
    {
        Gates = gates;
        IsBackward = isBackward;
        Units = units;
        Rows = rows;
        Slices = slices;
        TileRows = tileRows;
        bool divides = gates is >= 1 and <= 4 && tileRows is 1 or 2 or 4 or 8 && units > 0 && rows > 0 && slices > 0
            && Columns % TileColumns == 0 && rows % tileRows == 0;
        if (!divides || Threads < units * rows)
        {
            throw new ArgumentException(
                $"BlockShape: {this} arrived, but register tiles of {TileColumns} columns and 1, 2, 4 or 8 rows must divide the block, and its threads "
                + "must be no fewer than units times rows. Change units, rows or slices.",
                nameof(units));
        }
    }

    /// <summary>Blocks of the step's product.</summary>
    public int Gates { get; }

    /// <summary>True for the backward loop.</summary>
    public bool IsBackward { get; }

    /// <summary>Units of a block.</summary>
    public int Units { get; }

    /// <summary>Rows of a block.</summary>
    public int Rows { get; }

    /// <summary>Threads that share a sum.</summary>
    public int Slices { get; }

    /// <summary>Rows of a register tile.</summary>
    public int TileRows { get; }

    /// <summary>Columns of a register tile: the gates of a unit, or four of neighbouring units where a unit has one or two.</summary>
    public int TileColumns => ColumnsOfTile(Gates, IsBackward);

    /// <summary>Columns of a block's product.</summary>
    public int Columns => Units * (IsBackward ? 1 : Gates);

    /// <summary>Threads of a block.</summary>
    public int Threads => Slices * (Columns / TileColumns) * (Rows / TileRows);

    /// <summary>Floats of the exchange that a block brings to shared memory at once.</summary>
    public int ChunkFloats => Threads * BlockGeometry.FloatsAhead;

    /// <summary>Four gates, and the register tile that takes the most registers: the form in which every kernel is compiled and tried.</summary>
    public static BlockShape Sample(bool isBackward) => new(4, isBackward, isBackward ? 4 : 1, 8, isBackward ? 32 : 8, 8);

    /// <summary>The least units, of which the units of a block are a multiple.</summary>
    public static int UnitStep(int gates, bool isBackward) => isBackward ? 4 : Math.Max(1, ColumnsOfTile(gates, isBackward) / gates);

    /// <summary>Terms of a sum.</summary>
    /// <param name="width">Units of the layer.</param>
    public int Depth(int width) => IsBackward ? Gates * width : width;

    /// <summary>Bytes of weights that a block keeps.</summary>
    /// <param name="width">Units of the layer.</param>
    public int WeightBytes(int width) => checked(Depth(width) * Columns * sizeof(float));

    /// <summary>Floats of shared memory: weights, a row for the bias, the slices' sums, and the vectors of the rows, whole with <paramref name="isSingle"/>, else two chunks.</summary>
    /// <param name="width">Units of the layer.</param>
    /// <param name="isSingle">True for a block that exchanges nothing with others.</param>
    public int SharedFloats(int width, bool isSingle)
    {
        int stride = BlockGeometry.StrideOf(Columns / TileColumns, TileColumns);
        int floats = checked(BlockGeometry.Aligned((Depth(width) * Columns) + stride) + BlockGeometry.Aligned(Slices * BlockGeometry.SumRow(Rows, stride)));
        int vectors = BlockGeometry.Aligned(Depth(width) * Rows);
        return checked(floats + (isSingle ? vectors : Math.Min(vectors, 2 * ChunkFloats)));
    }

    /// <inheritdoc/>
    public int VectorFloats(int width) => checked(BlockGeometry.Aligned(Depth(width) * Rows));

    /// <inheritdoc/>
    public MethodInfo Close(Type node, bool isSingle) => (isSingle, IsBackward) switch
    {
        (true, false) => SingleBlockForward.Close(node, this),
        (true, true) => SingleBlockBackward.Close(node, this),
        (false, false) => PersistentForward.Close(node, this),
        _ => PersistentBackward.Close(node, this),
    };

    /// <summary>Closes a kernel for a node and this shape.</summary>
    /// <param name="kernel">The open method, of the type parameters node, tile, columns and gates.</param>
    /// <param name="node">Implements <c>IStepNode</c>.</param>
    public MethodInfo Close(MethodInfo kernel, Type node)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        Type columns = Blocks(TileColumns);
        Type tile = typeof(SingleRowTile<>).MakeGenericType(columns);
        for (int count = 1; count < TileRows; count *= 2)
        {
            tile = typeof(DoubleRowTile<,>).MakeGenericType(tile, columns);
        }

        return kernel.MakeGenericMethod(node, tile, columns, Blocks(Gates));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Units} units x {Gates} gates x {Rows} rows a block, {Slices} slices, tiles of {TileRows} x {TileColumns}";

    private static int ColumnsOfTile(int gates, bool isBackward) => !isBackward && gates == 3 ? 3 : 4;

    /// <summary>The type that stands for a number of gates.</summary>
    internal static Type Blocks(int count) => (count switch
    {
        1 => typeof(Blocks1<>),
        2 => typeof(Blocks2<>),
        3 => typeof(Blocks3<>),
        _ => typeof(Blocks4<>),
    }).MakeGenericType(typeof(F32));
}
