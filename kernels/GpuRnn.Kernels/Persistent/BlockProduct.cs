using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Persistent;

/// <summary>A block's product of resident weights with the vectors of an exchange, in slices that the cells add up.</summary>
internal static class BlockProduct
{
    /// <summary>Sums the thread's slice of its register tile and leaves the sums in shared memory, [slice][row][column].</summary>
    /// <param name="geometry">The thread's place.</param>
    /// <param name="weights">[term][column] in shared memory.</param>
    /// <param name="source">[term][row of the tile].</param>
    /// <param name="start">Where the vectors begin.</param>
    /// <param name="depth">Terms of a sum.</param>
    /// <param name="sums">Shared memory.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TTile, TBlocks>(
        in BlockGeometry geometry, ArrayView<float> weights, ArrayView<float> source, int start, int depth, ArrayView<float> sums)
        where TTile : struct, IRowTile<TTile, TBlocks>
        where TBlocks : struct, IBlocks<TBlocks, F32>
    {
        TTile tile = TTile.Zero;
        int weightAt = (geometry.Slice * geometry.Stride) + geometry.TileColumn;
        int sourceAt = start + (geometry.Slice * geometry.Rows) + geometry.TileRow;
        int weightStep = geometry.Slices * geometry.Stride;
        int sourceStep = geometry.Slices * geometry.Rows;
        int term = geometry.Slice;

        // Four terms at a time, so that the loads of all are on their way before the first is needed; the order of the sums stays the same.
        for (; term + (3 * geometry.Slices) < depth; term += 4 * geometry.Slices)
        {
            TTile.Add(ref tile, source, sourceAt, TBlocks.Load(weights, weightAt));
            TTile.Add(ref tile, source, sourceAt + sourceStep, TBlocks.Load(weights, weightAt + weightStep));
            TTile.Add(ref tile, source, sourceAt + (2 * sourceStep), TBlocks.Load(weights, weightAt + (2 * weightStep)));
            TTile.Add(ref tile, source, sourceAt + (3 * sourceStep), TBlocks.Load(weights, weightAt + (3 * weightStep)));
            weightAt += 4 * weightStep;
            sourceAt += 4 * sourceStep;
        }

        for (; term < depth; term += geometry.Slices)
        {
            TTile.Add(ref tile, source, sourceAt, TBlocks.Load(weights, weightAt));
            weightAt += weightStep;
            sourceAt += sourceStep;
        }

        int sumAt = (((geometry.Slice * geometry.Rows) + geometry.TileRow) * geometry.Stride) + geometry.TileColumn;
        TTile.Store(sums, sumAt, geometry.Stride, ref tile);
    }

    /// <summary>Adds the slices of a cell's columns to <paramref name="first"/>, in order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TGates SumGates<TGates>(in BlockGeometry geometry, ArrayView<float> sums, TGates first)
        where TGates : struct, IBlocks<TGates, F32>
    {
        int at = (geometry.CellRow * geometry.Stride) + (geometry.CellUnit * TGates.Count);
        for (int slice = 0; slice < geometry.Slices; slice++)
        {
            // A product with one rounds nothing, so this is the plain sum.
            first = TGates.MultiplyAdd(F32.One, TGates.Load(sums, at), first);
            at += geometry.Rows * geometry.Stride;
        }

        return first;
    }

    /// <summary>Adds the slices of a cell's only column to <paramref name="first"/>, in order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32 Sum(in BlockGeometry geometry, ArrayView<float> sums, F32 first)
    {
        int at = (geometry.CellRow * geometry.Stride) + geometry.CellUnit;
        for (int slice = 0; slice < geometry.Slices; slice++)
        {
            first += new F32(sums[at]);
            at += geometry.Rows * geometry.Stride;
        }

        return first;
    }
}
