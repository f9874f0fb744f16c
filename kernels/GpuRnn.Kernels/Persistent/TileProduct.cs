using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Persistent;

/// <summary>A product in single precision: a thread has a register tile, and takes every slice-th term.</summary>
/// <typeparam name="TTile">A thread's register tile.</typeparam>
/// <typeparam name="TBlocks">Its columns.</typeparam>
/// <remarks>
/// Weights are [term][column], vectors [term][row of the tile] in shared memory, or, with <see cref="StagedTileProduct{TTile, TBlocks}"/>, in an exchange.
/// </remarks>
internal readonly struct TileProduct<TTile, TBlocks> : IBlockProduct
    where TTile : struct, IRowTile<TTile, TBlocks>
    where TBlocks : struct, IBlocks<TBlocks, F32>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int DepthOf(int width) => width;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WeightFloats(in BlockGeometry geometry, int depth) => depth * geometry.Columns;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int VectorFloats(in BlockGeometry geometry, int depth) => BlockGeometry.Aligned(depth * geometry.Rows);

    /// <inheritdoc/>
    /// <remarks>Threads with terms side by side read neighbouring bytes; groups of them write to other banks.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadWeights<TSource>(in BlockGeometry geometry, TSource source, ArrayView<float> weights, int depth)
        where TSource : struct, IWeightSource
    {
        int runs = (depth + TSource.Run - 1) / TSource.Run;
        for (int i = Group.IdxX; i < runs * TSource.Run * geometry.Columns; i += Group.DimX)
        {
            int column = i / TSource.Run % geometry.Columns;
            int term = (i / (TSource.Run * geometry.Columns) * TSource.Run) + (i % TSource.Run);
            if (term < depth)
            {
                weights[(term * geometry.Columns) + column] = source.Read(term, column);
            }
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Publish(in BlockGeometry geometry, ArrayView<float> memory, int start, int term, float value, bool isThere)
    {
        if (isThere)
        {
            memory[start + (term * geometry.Rows) + geometry.CellRow] = value;
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(
        in BlockGeometry geometry, ArrayView<float> weights, ArrayView<float> source, int start, int depth, ArrayView<float> sums)
    {
        TTile tile = TTile.Zero;
        int term = geometry.Slice;
        Accumulate(geometry, ref tile, ref term, depth, weights, source, start);
        Store(geometry, sums, ref tile);
    }

    /// <summary>Adds the thread's terms up to one.</summary>
    /// <param name="geometry">The thread's place.</param>
    /// <param name="tile">The sums.</param>
    /// <param name="term">The thread's next term; moves on.</param>
    /// <param name="end">The term behind the last.</param>
    /// <param name="weights">The weights of all terms.</param>
    /// <param name="source">Vectors.</param>
    /// <param name="start">Where term 0 of the vectors would be.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Accumulate(
        in BlockGeometry geometry, ref TTile tile, ref int term, int end, ArrayView<float> weights, ArrayView<float> source, int start)
    {
        int weightAt = (term * geometry.Columns) + geometry.TileColumn;
        int sourceAt = start + (term * geometry.Rows) + geometry.TileRow;
        int weightStep = geometry.Slices * geometry.Columns;
        int sourceStep = geometry.Slices * geometry.Rows;

        // Four terms at a time, so that the loads of all are on their way before the first is needed; the order of the sums stays the same.
        for (; term + (3 * geometry.Slices) < end; term += 4 * geometry.Slices)
        {
            TTile.Add(ref tile, source, sourceAt, TBlocks.Load(weights, weightAt));
            TTile.Add(ref tile, source, sourceAt + sourceStep, TBlocks.Load(weights, weightAt + weightStep));
            TTile.Add(ref tile, source, sourceAt + (2 * sourceStep), TBlocks.Load(weights, weightAt + (2 * weightStep)));
            TTile.Add(ref tile, source, sourceAt + (3 * sourceStep), TBlocks.Load(weights, weightAt + (3 * weightStep)));
            weightAt += 4 * weightStep;
            sourceAt += 4 * sourceStep;
        }

        for (; term < end; term += geometry.Slices)
        {
            TTile.Add(ref tile, source, sourceAt, TBlocks.Load(weights, weightAt));
            weightAt += weightStep;
            sourceAt += sourceStep;
        }
    }

    /// <summary>Adds an even number of the thread's terms.</summary>
    /// <param name="geometry">The thread's place.</param>
    /// <param name="tile">The sums.</param>
    /// <param name="term">The thread's next term; moves on.</param>
    /// <param name="count">How many of its terms.</param>
    /// <param name="weights">The weights of all terms.</param>
    /// <param name="source">Vectors.</param>
    /// <param name="start">Where term 0 of the vectors would be.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void AccumulatePairs(
        in BlockGeometry geometry, ref TTile tile, ref int term, int count, ArrayView<float> weights, ArrayView<float> source, int start)
    {
        int weightAt = (term * geometry.Columns) + geometry.TileColumn;
        int sourceAt = start + (term * geometry.Rows) + geometry.TileRow;
        int weightStep = geometry.Slices * geometry.Columns;
        int sourceStep = geometry.Slices * geometry.Rows;
        for (int i = 0; i < count; i += 2)
        {
            TTile.Add(ref tile, source, sourceAt, TBlocks.Load(weights, weightAt));
            TTile.Add(ref tile, source, sourceAt + sourceStep, TBlocks.Load(weights, weightAt + weightStep));
            weightAt += 2 * weightStep;
            sourceAt += 2 * sourceStep;
        }

        term += count * geometry.Slices;
    }

    /// <summary>Leaves the thread's sums in shared memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store(in BlockGeometry geometry, ArrayView<float> sums, ref TTile tile)
    {
        int at = (geometry.Slice * geometry.SliceFloats) + BlockGeometry.SumRow(geometry.TileRow, geometry.Stride) + geometry.TileColumn;
        TTile.Store(sums, at, geometry.Stride, ref tile);
    }
}
