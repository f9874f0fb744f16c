using System.Runtime.CompilerServices;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Tiles;

/// <summary>The product of some rows with one packed panel, kept in registers from the first term to the last.</summary>
/// <remarks>The panel's layout stands on <see cref="PackPanels"/>.</remarks>
public static class PackedProduct
{
    /// <summary>Sums the products over the whole depth, in order, beginning with the panel's first row.</summary>
    /// <param name="frame">Gives the rows of the left factor and takes the sums.</param>
    /// <param name="panels">The packed right factor.</param>
    /// <param name="panel">The number of the panel.</param>
    /// <param name="row">The first row.</param>
    /// <param name="depth">Terms of each sum.</param>
    /// <param name="stride">Elements of a row of the left factor from one term to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TFrame, TRows, TLane, TBlocks>(
        ref TFrame frame, ArrayView<float> panels, int panel, int row, int depth, int stride)
        where TFrame : struct, IRowSource, IRowSink<TBlocks>
        where TRows : struct, IRows<TRows, TLane, TBlocks>
        where TLane : struct, IVectorReal<TLane>
        where TBlocks : struct, IBlocks<TBlocks, TLane>
    {
        int size = TBlocks.Count * TLane.Count;
        int at = panel * (depth + 1) * size;
        TRows rows = TRows.Begin(ref frame, row, TBlocks.Load(panels, at));
        for (int k = 0; k < depth; k++)
        {
            at += size;
            TRows.Add(ref rows, k * stride, TBlocks.Load(panels, at));
        }

        // One row after the other from here on: the sums go through private memory, so that the frame's code stands in the kernel once.
        ArrayView<float> sums = LocalMemory.Allocate<float>(TRows.Count * TBlocks.Count * TLane.Count);
        TRows.Store(sums, 0, ref rows);
        int left = frame.RowCount - row;
        int count = left < TRows.Count ? left : TRows.Count;
        for (int i = 0; i < count; i++)
        {
            frame.Take(row + i, TBlocks.Load(sums, i * size));
        }
    }
}
