using System;
using System.Collections.Generic;
using System.Reflection;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Linear;

namespace GpuRnn.Kernels.Persistent;

/// <summary>A division whose warps multiply matrices of rounded factors; each warp has all rows and columns of the block for a part of the terms.</summary>
/// <remarks>
/// As with <see cref="BlockShape"/> the order of a sum follows from the slices alone, on a device whose tensor cores keep theirs. Host code.
/// </remarks>
public sealed record TensorBlockShape : IBlockShape
{
    /// <summary>The most tiles of a warp whose sums stay in registers beside a cell.</summary>
    public const int MostTiles = 8;

    /// <summary>The most threads of a block, so that each can have 255 registers for its tile and its cell.</summary>
    public const int MostThreads = 256;

    private const int WarpSize = 32;
    private const int WordsOfAColumn = 8;

    /// <summary>Describes a division.</summary>
    /// <param name="factor">What factors are rounded to, one of <see cref="Factors"/>.</param>
    /// <param name="gates">Blocks of the step's product, 1 to 4.</param>
    /// <param name="isBackward">True for the backward loop, where a unit is one column and the terms are the gates of all units.</param>
    /// <param name="rowTiles">Tiles of 16 rows.</param>
    /// <param name="columnTiles">Tiles of 8 columns.</param>
    /// <param name="slices">Warps.</param>
    /// <exception cref="ArgumentException">The columns are no even number of units, tiles or threads too many, or threads fewer than units times rows.</exception>
    public TensorBlockShape(Type factor, int gates, bool isBackward, int rowTiles, int columnTiles, int slices)
    {
        Factor = factor;
        Gates = gates;
        IsBackward = isBackward;
        RowTiles = rowTiles;
        ColumnTiles = columnTiles;
        Slices = slices;
        bool divides = gates is >= 1 and <= 4 && rowTiles > 0 && columnTiles > 0 && slices > 0 && Columns % (2 * ColumnsOfAUnit) == 0
            && rowTiles * columnTiles <= MostTiles && Threads <= MostThreads;
        if (!divides || Threads < Units * Rows)
        {
            throw new ArgumentException(
                $"TensorBlockShape: {this} arrived, but the columns must be those of an even number of units, tiles {MostTiles} at most, and threads {MostThreads} at "
                + "most and no fewer than units times rows. Change tiles or slices.",
                nameof(columnTiles));
        }
    }

    /// <summary>The kinds of factors.</summary>
    public static IReadOnlyList<Type> Factors { get; } = [typeof(Tf32Factor), typeof(BFloat16Factor)];

    /// <summary>What factors are rounded to.</summary>
    public Type Factor { get; }

    /// <summary>Blocks of the step's product.</summary>
    public int Gates { get; }

    /// <inheritdoc/>
    public bool IsBackward { get; }

    /// <summary>Tiles of 16 rows.</summary>
    public int RowTiles { get; }

    /// <summary>Tiles of 8 columns.</summary>
    public int ColumnTiles { get; }

    /// <inheritdoc/>
    public int Slices { get; }

    /// <inheritdoc/>
    public int Columns => ColumnTiles * WarpMatrix.Columns;

    /// <inheritdoc/>
    public int Units => Columns / ColumnsOfAUnit;

    /// <inheritdoc/>
    public int Rows => RowTiles * WarpMatrix.Rows;

    /// <inheritdoc/>
    public int Threads => Slices * WarpSize;

    /// <summary>Terms of one product of a warp.</summary>
    public int TermsOfABlock => Factor == typeof(Tf32Factor) ? Tf32Factor.Depth : BFloat16Factor.Depth;

    private int ColumnsOfAUnit => IsBackward ? 1 : Gates;

    /// <summary>A small division for four gates, in which every kernel is compiled and tried.</summary>
    public static TensorBlockShape Sample(bool isBackward, Type factor) => new(factor, 4, isBackward, 1, isBackward ? 1 : 2, isBackward ? 4 : 2);

    /// <summary>Blocks of terms of a sum.</summary>
    /// <param name="width">Units of the layer.</param>
    public int TermBlocks(int width) => (width + TermsOfABlock - 1) / TermsOfABlock * (IsBackward ? Gates : 1);

    /// <inheritdoc/>
    public int WeightBytes(int width) => checked(TermBlocks(width) * Columns * WordsOfAColumn * sizeof(float));

    /// <inheritdoc/>
    public int SharedFloats(int width, bool isSingle)
    {
        int stride = (ColumnTiles | 1) * WarpMatrix.Columns;
        return checked((WeightBytes(width) / sizeof(float)) + stride + (Slices * BlockGeometry.SumRow(Rows, stride)));
    }

    /// <inheritdoc/>
    public int VectorFloats(int width) => checked(TermBlocks(width) * Rows * WordsOfAColumn);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="isSingle"/> is true.</exception>
    public MethodInfo Close(Type node, bool isSingle)
    {
        if (isSingle)
        {
            throw new ArgumentException(
                "TensorBlockShape.Close: a block that holds all units was asked for, but tensor products are divided among blocks. Use a BlockShape.",
                nameof(isSingle));
        }

        MethodInfo kernel = IsBackward
            ? typeof(PersistentTensorBackward).GetMethod(nameof(PersistentTensorBackward.Backward))!
            : typeof(PersistentTensorForward).GetMethod(nameof(PersistentTensorForward.Forward))!;
        return kernel.MakeGenericMethod(node, Factor, Tiles(RowTiles), Tiles(ColumnTiles), BlockShape.Blocks(Gates));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Units} units x {Gates} gates x {Rows} rows a block, {Slices} slices, {RowTiles} x {ColumnTiles} tiles of {Factor.Name}";

    private static Type Tiles(int count) => count == 1 ? typeof(OneTile) : typeof(MoreTiles<>).MakeGenericType(Tiles(count - 1));
}
