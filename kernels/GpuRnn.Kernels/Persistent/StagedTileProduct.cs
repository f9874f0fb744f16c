using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Persistent;

/// <summary><see cref="TileProduct{TTile, TBlocks}"/> of vectors in global memory, which the whole block brings to shared memory chunk by chunk.</summary>
/// <typeparam name="TTile">A thread's register tile.</typeparam>
/// <typeparam name="TBlocks">Its columns.</typeparam>
/// <remarks>
/// <para>
/// Every word comes from the second-level cache once a block, sixteen bytes a thread and all threads side by side, instead of once for every register tile
/// that needs it; and a chunk is on its way, in registers, while the one before it is multiplied. The order of the sums stays the same.
/// </para>
/// <para>
/// Shared memory behind the sums holds two chunks, so that one may be written while slower threads still multiply the other.
/// </para>
/// </remarks>
internal readonly struct StagedTileProduct<TTile, TBlocks> : IBlockProduct
    where TTile : struct, IRowTile<TTile, TBlocks>
    where TBlocks : struct, IBlocks<TBlocks, F32>
{
    private const int Wide = 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int DepthOf(int width) => TileProduct<TTile, TBlocks>.DepthOf(width);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WeightFloats(in BlockGeometry geometry, int depth) => TileProduct<TTile, TBlocks>.WeightFloats(geometry, depth);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int VectorFloats(in BlockGeometry geometry, int depth) => TileProduct<TTile, TBlocks>.VectorFloats(geometry, depth);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadWeights<TSource>(in BlockGeometry geometry, TSource source, ArrayView<float> weights, int depth)
        where TSource : struct, IWeightSource => TileProduct<TTile, TBlocks>.LoadWeights(geometry, source, weights, depth);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Publish(in BlockGeometry geometry, ArrayView<float> memory, int start, int term, float value, bool isThere) =>
        TileProduct<TTile, TBlocks>.Publish(geometry, memory, start, term, value, isThere);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(
        in BlockGeometry geometry, ArrayView<float> weights, ArrayView<float> source, int start, int depth, ArrayView<float> sums)
    {
        ArrayView<float> stage = sums.SubView(BlockGeometry.Aligned(geometry.Slices * geometry.SliceFloats));
        ArrayView<float> ahead = LocalMemory.Allocate<float>(BlockGeometry.FloatsAhead);
        int chunkFloats = Group.DimX * BlockGeometry.FloatsAhead;
        int chunkTerms = geometry.Slices * geometry.ChunkTerms;
        int last = BlockGeometry.Aligned(depth * geometry.Rows) - Wide;
        int from = 0;
        int place = 0;
        int term = geometry.Slice;
        TTile tile = TTile.Zero;
        Fetch(ahead, source, start, from, last);
        for (int end = chunkTerms; end < depth; end += chunkTerms)
        {
            Put(ahead, stage, place, chunkFloats - Wide);
            from += chunkFloats;
            Fetch(ahead, source, start, from, last);

            // After this: the chunk is there for the whole group, and nobody reads the other one any more, which the next round overwrites.
            Group.Barrier();
            TileProduct<TTile, TBlocks>.AccumulatePairs(
                geometry, ref tile, ref term, geometry.ChunkTerms, weights, stage, place - from + chunkFloats);
            place = chunkFloats - place;
        }

        Put(ahead, stage, place, last - from);

        // After this: the last chunk is there for the whole group.
        Group.Barrier();
        TileProduct<TTile, TBlocks>.Accumulate(geometry, ref tile, ref term, depth, weights, stage, place - from);
        TileProduct<TTile, TBlocks>.Store(geometry, sums, ref tile);
    }

    // Vectors are filled up to a multiple of four elements, so a read of four never leaves them. Threads beyond the last four elements take these, too:
    // that costs less than asking.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(ArrayView<float> ahead, ArrayView<float> source, int start, int from, int last)
    {
        for (int i = 0; i < BlockGeometry.FloatsAhead; i += Wide)
        {
            int at = start + XMath.Min(from + (((i / Wide * Group.DimX) + Group.IdxX) * Wide), last);
            for (int word = 0; word < Wide; word++)
            {
                ahead[i + word] = source[at + word];
            }
        }
    }

    // The other way round: threads beyond the last elements hold these, or nothing that belongs to the chunk.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(ArrayView<float> ahead, ArrayView<float> stage, int place, int last)
    {
        for (int i = 0; i < BlockGeometry.FloatsAhead; i += Wide)
        {
            int at = ((i / Wide * Group.DimX) + Group.IdxX) * Wide;
            if (at <= last)
            {
                for (int word = 0; word < Wide; word++)
                {
                    stage[place + at + word] = ahead[i + word];
                }
            }
        }
    }
}
