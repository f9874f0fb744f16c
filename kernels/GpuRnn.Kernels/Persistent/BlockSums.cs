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
        int at = BlockGeometry.SumRow(geometry.CellRow, geometry.Stride) + (geometry.CellUnit * TGates.Count);
        int step = geometry.SliceFloats;
        int slice = 0;

        // Four at a time, so that their loads are on their way together. A product with one rounds nothing, so this is the plain sum.
        for (; slice + 3 < geometry.Slices; slice += 4)
        {
            TGates second = TGates.Load(sums, at + step);
            TGates third = TGates.Load(sums, at + (2 * step));
            TGates fourth = TGates.Load(sums, at + (3 * step));
            first = TGates.MultiplyAdd(F32.One, TGates.Load(sums, at), first);
            first = TGates.MultiplyAdd(F32.One, second, first);
            first = TGates.MultiplyAdd(F32.One, third, first);
            first = TGates.MultiplyAdd(F32.One, fourth, first);
            at += 4 * step;
        }

        for (; slice < geometry.Slices; slice++)
        {
            first = TGates.MultiplyAdd(F32.One, TGates.Load(sums, at), first);
            at += step;
        }

        return first;
    }

    /// <summary>Adds the slices of a cell's only column to <paramref name="first"/>, in order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32 Sum(in BlockGeometry geometry, ArrayView<float> sums, F32 first)
    {
        int at = BlockGeometry.SumRow(geometry.CellRow, geometry.Stride) + geometry.CellUnit;
        int step = geometry.SliceFloats;
        int slice = 0;
        for (; slice + 7 < geometry.Slices; slice += 8)
        {
            first = AddFour(sums, at, step, first);
            first = AddFour(sums, at + (4 * step), step, first);
            at += 8 * step;
        }

        for (; slice < geometry.Slices; slice++)
        {
            first += new F32(sums[at]);
            at += step;
        }

        return first;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static F32 AddFour(ArrayView<float> sums, int at, int step, F32 first)
    {
        first += new F32(sums[at]);
        first += new F32(sums[at + step]);
        first += new F32(sums[at + (2 * step)]);
        return first + new F32(sums[at + (3 * step)]);
    }
}
