using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Persistent;

/// <summary>A product in single precision: a thread has a register tile, and takes every slice-th term.</summary>
/// <typeparam name="TTile">A thread's register tile.</typeparam>
/// <typeparam name="TBlocks">Its columns.</typeparam>
/// <remarks>Weights are [term][column] by the geometry's stride, vectors [term][row of the tile].</remarks>
internal readonly struct TileProduct<TTile, TBlocks> : IBlockProduct
    where TTile : struct, IRowTile<TTile, TBlocks>
    where TBlocks : struct, IBlocks<TBlocks, F32>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int DepthOf(int width) => width;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WeightFloats(in BlockGeometry geometry, int depth) => depth * geometry.Stride;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int VectorFloats(in BlockGeometry geometry, int depth) => depth * geometry.Rows;

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
                weights[(term * geometry.Stride) + column] = source.Read(term, column);
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
}
