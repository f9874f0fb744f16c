using System.Globalization;
using System.Numerics;
using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Linear;
using GpuRnn.Kernels.Persistent;

namespace GpuRnn.Scheduling.Persistent;

/// <summary>The one place where a recurrent layer is divided among blocks: what fits the device, and the fastest of it by a model of a step.</summary>
/// <remarks>
/// The model counts clocks of one multiprocessor; docs/decisions/0015, 0016 and 0040 derive its numbers. They are a model and no measurement, and what they
/// decide is the division alone, never whether a schedule is used.
/// </remarks>
internal static class BlockTable
{
    // Registers of a thread as ptxas 11.8 reports them for sm_90, by the rows of its register tile: the most of any cell, and the steps in which they are allocated.
    private static readonly (int TileRows, int Forward, int Backward)[] s_registers = [(8, 168, 168), (4, 136, 168), (2, 112, 128), (1, 112, 128)];

    private static readonly int[] s_slices = [1, 2, 4, 8, 16, 32, 64];

    // A barrier among blocks: the fence of a release (MEMBAR.ALL.GPU), the counter's way to the second-level cache and back, and the arrivals one after the other.
    private const double BarrierClocks = 1200;
    private const double ArrivalClocks = 4;

    // What a step waits for besides: the first vectors from the second-level cache, the exponentials, the barriers of the group.
    private const double FixedClocks = 800;

    // What a multiprocessor gets of the second-level cache while all of them read.
    private const double ExchangeBytesPerClock = 32;

    // Of the machine code: operations of a term besides multiply-adds and reads, clocks until a read of shared memory is there, terms between two such
    // waits, clocks of a chunk's way through registers with its barrier.
    private const double TermOverhead = 5;
    private const double SharedClocks = 35;
    private const int TermsOfALoop = 2;
    private const double ChunkClocks = 120;
    private const int SchedulersPerCore = 4;
    private const int TensorClocksOfAProduct = 8;
    private const int BlocksAhead = 4;
    private const double CacheClocks = 300;
    private const int WordsOfRows = 4;
    private const int WordsOfColumns = 2;
    private const int MostColumnTiles = 8;

    // The most that a thread can have: at the most threads of a block its tile and its cell then fit one core.
    private const int TensorRegisters = 255;
    private const int LanesOfAWarp = 32;

    /// <summary>Divides a loop.</summary>
    /// <param name="profile">The device.</param>
    /// <param name="layer">What is divided.</param>
    /// <param name="mayShare">True when blocks may share units and wait for each other; it is done where the model finds it faster.</param>
    /// <param name="division">The division; null when none fits.</param>
    public static SupportAnswer Choose(DeviceProfile profile, BlockLayer layer, bool mayShare, out BlockDivision? division)
    {
        division = null;
        if (profile.Groups is not GroupLimits limits)
        {
            return SupportAnswer.No("the device does not tell how large a group may be");
        }

        if (mayShare && !limits.RunsTogether)
        {
            return SupportAnswer.No("groups of a launch need not run at the same time here, so none may wait for another");
        }

        bool isRounded = layer.Precision != ProductPrecision.Single;
        (BlockDivision? single, double singleClocks, string singleShortage) = isRounded ? default : Divide(profile, limits, layer, true);
        (BlockDivision? shared, double sharedClocks, string sharedShortage) = mayShare ? Divide(profile, limits, layer, false) : default;
        division = shared is null || (single is not null && singleClocks <= sharedClocks) ? single : shared;
        return division is null ? SupportAnswer.No(mayShare ? sharedShortage : singleShortage) : SupportAnswer.Yes(division.Reason);
    }

    /// <summary>Clocks of one step by the model.</summary>
    /// <param name="shape">The division.</param>
    /// <param name="width">Units.</param>
    /// <param name="blocks">Blocks that share a row tile.</param>
    public static double StepClocks(IBlockShape shape, int width, int blocks)
    {
        int warps = (shape.Threads + LanesOfAWarp - 1) / LanesOfAWarp;
        int warpsOfAScheduler = (warps + SchedulersPerCore - 1) / SchedulersPerCore;
        double product = shape is TensorBlockShape tensor ? TensorClocks(tensor, width, warpsOfAScheduler) : TileClocks((BlockShape)shape, width, warpsOfAScheduler);

        // Shared memory takes one warp's words a clock.
        int cellWarps = ((shape.Units * shape.Rows) + LanesOfAWarp - 1) / LanesOfAWarp;
        double stored = (double)shape.Slices * shape.Rows * shape.Columns / LanesOfAWarp;
        double sums = stored + (shape.Slices * (shape.Columns / shape.Units) * cellWarps);
        if (blocks == 1)
        {
            return FixedClocks + product + sums;
        }

        // Vectors are on their way while others are multiplied.
        double exchange = shape.VectorFloats(width) * sizeof(float) / ExchangeBytesPerClock;
        return FixedClocks + Math.Max(product, exchange) + sums + BarrierClocks + (ArrivalClocks * blocks);
    }

    // A register tile's multiply-adds and reads, or the wait for these, or the words that shared memory gives to all warps of the block.
    private static double TileClocks(BlockShape shape, int width, int warpsOfAScheduler)
    {
        int terms = (shape.Depth(width) + shape.Slices - 1) / shape.Slices;
        double term = (shape.TileRows * shape.TileColumns) + Loads(shape.TileRows) + Loads(shape.TileColumns) + TermOverhead;
        double issue = Math.Max(warpsOfAScheduler * term, (SharedClocks / TermsOfALoop) + term);
        double words = (double)shape.Threads / LanesOfAWarp * SharedWords(shape);
        double chunks = Math.Ceiling((double)shape.VectorFloats(width) / shape.ChunkFloats);
        return (terms * Math.Max(issue, words)) + (chunks * ChunkClocks);
    }

    // Words of a term that shared memory gives to a warp, one a clock for all lanes; two where neighbours, or those two apart, want the same.
    private static double SharedWords(BlockShape shape)
    {
        int rowTiles = shape.Rows / shape.TileRows;
        int columnTiles = shape.Columns / shape.TileColumns;
        bool shareRows = rowTiles == 1 || (rowTiles % 2 == 0 && columnTiles % 2 == 0);
        bool shareColumns = columnTiles == 1 || rowTiles % 2 == 0;
        return (shape.TileRows * (shareRows && shape.TileRows > 1 ? 0.5 : 1)) + (shape.TileColumns * (shareColumns && shape.TileColumns == 4 ? 0.5 : 1));
    }

    // A scheduler's tensor core takes 8 clocks for a product of a warp; a warp has four rounds of vectors on their way.
    private static double TensorClocks(TensorBlockShape shape, int width, int warpsOfAScheduler)
    {
        int rounds = (shape.TermBlocks(width) + shape.Slices - 1) / shape.Slices;
        double products = warpsOfAScheduler * shape.RowTiles * shape.ColumnTiles * TensorClocksOfAProduct;
        double words = shape.Slices * ((shape.RowTiles * WordsOfRows) + (shape.ColumnTiles * WordsOfColumns));
        return rounds * Math.Max(Math.Max(products, words), CacheClocks / BlocksAhead);
    }

    // Four neighbours are read at once, or two, where they lie at a multiple of their bytes.
    private static int Loads(int neighbours) => neighbours % 4 == 0 ? neighbours / 4 : neighbours % 2 == 0 ? neighbours / 2 : neighbours;

    private static (BlockDivision? Division, double Clocks, string Shortage) Divide(
        DeviceProfile profile, GroupLimits limits, BlockLayer layer, bool isSingle)
    {
        (IBlockShape Shape, double Clocks)? forward = Best(profile, limits, layer, false, isSingle);
        (IBlockShape Shape, double Clocks)? backward = forward is null || !layer.NeedsGradient ? null : Best(profile, limits, layer, true, isSingle);
        if (forward is null || (layer.NeedsGradient && backward is null))
        {
            return (null, 0, Shortage(profile, limits, layer, forward is not null, isSingle));
        }

        double clocks = forward.Value.Clocks + (backward?.Clocks ?? 0);
        string reason = Fit(limits, layer, forward.Value.Shape, isSingle, clocks);
        return (new BlockDivision(forward.Value.Shape, backward?.Shape, isSingle, reason), clocks, "");
    }

    private static (IBlockShape Shape, double Clocks)? Best(DeviceProfile profile, GroupLimits limits, BlockLayer layer, bool isBackward, bool isSingle)
    {
        (IBlockShape Shape, double Clocks)? best = null;
        if (layer.Precision != ProductPrecision.Single)
        {
            foreach (TensorBlockShape shape in TensorShapes(layer, isBackward))
            {
                int blocks = (layer.Width + shape.Units - 1) / shape.Units;
                int tiles = (layer.BatchSize + shape.Rows - 1) / shape.Rows;
                double clocks = StepClocks(shape, layer.Width, blocks);
                if (blocks * tiles <= profile.CoreCount && Fits(shape, layer.Width, limits, isSingle) && (best is null || clocks < best.Value.Clocks))
                {
                    best = (shape, clocks);
                }
            }

            return best;
        }

        int mostRows = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(layer.BatchSize, 64));
        for (int rows = 1; rows <= mostRows; rows *= 2)
        {
            int rowTiles = (layer.BatchSize + rows - 1) / rows;
            foreach (int units in UnitsOfABlock(profile, layer, isBackward, isSingle, rowTiles))
            {
                int blocks = (layer.Width + units - 1) / units;
                double waves = isSingle ? Math.Ceiling((double)rowTiles / profile.CoreCount) : 1;
                foreach (BlockShape shape in Shapes(layer.Gates, isBackward, units, rows))
                {
                    double clocks = waves * StepClocks(shape, layer.Width, blocks);
                    if (Fits(shape, layer.Width, limits, isSingle) && (best is null || clocks < best.Value.Clocks))
                    {
                        best = (shape, clocks);
                    }
                }
            }
        }

        return best;
    }

    // As many blocks as there are cores for them, and coarser divisions, whose barrier is cheaper.
    private static IEnumerable<int> UnitsOfABlock(DeviceProfile profile, BlockLayer layer, bool isBackward, bool isSingle, int rowTiles)
    {
        int step = BlockShape.UnitStep(layer.Gates, isBackward);
        int all = (layer.Width + step - 1) / step * step;
        if (isSingle)
        {
            return [all];
        }

        int most = profile.CoreCount / rowTiles;
        if (most == 0)
        {
            return [];
        }

        int least = (((layer.Width + most - 1) / most) + step - 1) / step * step;
        return new[] { least, 2 * least, 4 * least, 8 * least }.Where(units => units <= all).DefaultIfEmpty(all);
    }

    private static IEnumerable<BlockShape> Shapes(int gates, bool isBackward, int units, int rows) =>
        from entry in s_registers
        where rows % entry.TileRows == 0
        from slices in s_slices
        where IsPossible(gates, isBackward, units, rows, slices, entry.TileRows)
        select new BlockShape(gates, isBackward, units, rows, slices, entry.TileRows);

    // Every unit of every row needs a thread behind the product, and units come in pairs.
    private static IEnumerable<TensorBlockShape> TensorShapes(BlockLayer layer, bool isBackward) =>
        from rowTiles in new[] { 1, 2 }
        from columnTiles in Enumerable.Range(1, MostColumnTiles)
        let columns = columnTiles * WarpMatrix.Columns
        let columnsOfAUnit = isBackward ? 1 : layer.Gates
        where columns % (2 * columnsOfAUnit) == 0
        from slices in new[] { 1, 2, 4, 8 }
        where rowTiles * columnTiles <= TensorBlockShape.MostTiles
        where slices * LanesOfAWarp <= TensorBlockShape.MostThreads
        where slices * LanesOfAWarp >= columns / columnsOfAUnit * rowTiles * WarpMatrix.Rows
        select new TensorBlockShape(
            layer.Precision == ProductPrecision.TensorFloat32 ? typeof(Tf32Factor) : typeof(BFloat16Factor), layer.Gates, isBackward, rowTiles, columnTiles, slices);

    private static bool IsPossible(int gates, bool isBackward, int units, int rows, int slices, int tileRows)
    {
        // Every unit of every row needs a thread behind the product.
        int tiles = units / BlockShape.UnitStep(gates, isBackward) * (rows / tileRows);
        return slices * tiles >= units * rows;
    }

    private static bool Fits(IBlockShape shape, int width, GroupLimits limits, bool isSingle)
    {
        (int _, int forward, int backward) = shape is BlockShape tiled
            ? s_registers.First(entry => entry.TileRows == tiled.TileRows)
            : (0, TensorRegisters, TensorRegisters);
        return shape.Threads <= limits.MaxGroupSize
            && (long)shape.SharedFloats(width, isSingle) * sizeof(float) <= limits.MaxSharedBytes
            && (limits.RegistersPerCore is not int registers || shape.Threads * (shape.IsBackward ? backward : forward) <= registers);
    }

    private static string Fit(GroupLimits limits, BlockLayer layer, IBlockShape shape, bool isSingle, double clocks) =>
        $"{(isSingle ? "one block holds all units of its rows" : "blocks share the units and meet once a step")}; a block keeps "
        + $"{Kibibytes(shape.WeightBytes(layer.Width))} of recurrent weights, {Kibibytes((long)shape.SharedFloats(layer.Width, isSingle) * sizeof(float))} "
        + $"of {Kibibytes(limits.MaxSharedBytes)} shared memory; a step is modelled at {clocks:0} clocks";

    private static string Shortage(DeviceProfile profile, GroupLimits limits, BlockLayer layer, bool isBackward, bool isSingle)
    {
        int step = layer.Precision == ProductPrecision.Single ? BlockShape.UnitStep(layer.Gates, isBackward) : isBackward ? WarpMatrix.Columns : 2;
        int units = isSingle ? layer.Width : (layer.Width + profile.CoreCount - 1) / profile.CoreCount;
        units = (units + step - 1) / step * step;
        long bytes = (layer.Precision == ProductPrecision.BFloat16 ? 2L : 4L) * layer.Gates * layer.Width * units;
        string pass = isBackward ? "backwards, " : "";
        string who = isSingle ? $"a block with all {layer.Width} units" : $"each of {profile.CoreCount} blocks";
        return $"{pass}{who} would keep {Kibibytes(bytes)} of recurrent weights beside its sums, and a group has {Kibibytes(limits.MaxSharedBytes)} of shared memory"
            + (limits.RegistersPerCore is int registers ? $" and {registers} registers" : "");
    }

    private static string Kibibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB");
}
