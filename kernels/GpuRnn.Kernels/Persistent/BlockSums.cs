using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Kernels.Persistent;

/// <summary>Adds up the slices of a block's product, which lie in shared memory, [slice][row][column].</summary>
internal static class BlockSums
{
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
