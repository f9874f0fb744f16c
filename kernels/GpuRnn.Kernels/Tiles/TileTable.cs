using System;
using System.Collections.Generic;
using System.Numerics;

namespace GpuRnn.Kernels.Tiles;

/// <summary>The one place where register tiles are chosen.</summary>
/// <remarks>
/// A tile's sums, the lanes of a panel's row and one broadcast must fit the registers: 32 with vectors of 512 bits, 16 below. Measured on
/// PoCL 3.1 with 2 Zen 5 cores (512 bits), LSTM of 256 units and 32 rows: 4 rows of 4 gates 84 µs a step, 2 rows 105 µs; with 6 or 8 rows LLVM
/// writes sums to memory, 102 and 152 µs (bench/results/2026-11-21-zen5-2core-opencl). Sizes of narrower vectors follow from the registers.
/// </remarks>
public static class TileTable
{
    /// <summary>The tiles of matrix products, one for each width of vectors.</summary>
    public static IReadOnlyList<TileShape> Products { get; } = [Product(4), Product(8), Product(16)];

    /// <summary>The tile of a matrix product: 24 sums, or 8 where there are 16 registers.</summary>
    /// <param name="lanes">Numbers of the device's vector.</param>
    public static TileShape Product(int lanes) => lanes == 16 ? new TileShape(8, 3, lanes) : new TileShape(4, 2, lanes);

    /// <summary>The tile of a cell's step.</summary>
    /// <param name="lanes">Numbers of the device's vector.</param>
    /// <param name="gates">Blocks of the step's product, 1 to 4.</param>
    /// <param name="rows">Rows of a step; a tile has no more than these need.</param>
    public static TileShape Step(int lanes, int gates, int rows)
    {
        int most = (lanes, gates) switch
        {
            (16, 4) => 4,
            (16, _) => 8,
            (_, 1) => 8,
            (_, 2) => 4,
            _ => 2,
        };
        return new TileShape(Math.Min(most, (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, rows))), gates, lanes);
    }
}
