using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Tiles;

/// <summary>Copies a product's right factor into panels, so that the loop over its depth reads neighbouring memory.</summary>
/// <remarks>
/// Layout: <c>[panel][1 + depth][block][lane]</c>. Row 0 of a panel is the bias, with which the sums begin; row 1 + k holds term k of each
/// column. Columns beyond the last are zeros.
/// </remarks>
public static class PackPanels
{
    /// <summary>Rows of a panel that one thread copies.</summary>
    public const int RowsOfAThread = 64;

    /// <summary>Fills all panels.</summary>
    /// <typeparam name="TLane">The device's vector.</typeparam>
    /// <remarks>
    /// Groups of one thread: X over the blocks of all panels, panel·blocks + block, Y over <see cref="RowsOfAThread"/> rows of a panel. The
    /// columns of a block begin at <c>unit + block·groupStride</c> with <c>unit = panel·panelStride + block·blockStride</c>: in a product the
    /// blocks of a panel lie side by side (blockStride lanes, groupStride 0); in a cell's step they are the gates of the same units
    /// (blockStride 0, groupStride the units). Deterministic; bandwidth is the limit.
    /// </remarks>
    public static void Forward<TLane>(
        ArrayView<float> source,  // element (k, column) at k·depthStride + column·columnStride; not modified
        ArrayView<float> bias,    // element column; not read unless hasBias
        ArrayView<float> panels,  // the layout above
        int depth,                // terms
        int blocks,               // lanes of a panel's row
        int panelStride,          // units from one panel to the next
        int blockStride,          // units from one block to the next
        int groupStride,          // columns from one block to the next, beside its units
        int units,                // a unit from here on has no column
        int depthStride,
        int columnStride,
        int hasBias)              // 1 to begin with the bias, else 0
        where TLane : struct, IVectorReal<TLane>
    {
        int panel = Grid.IdxX / blocks;
        int block = Grid.IdxX % blocks;
        int unit = (panel * panelStride) + (block * blockStride);
        int column = unit + (block * groupStride);
        int count = units - unit;
        int size = blocks * TLane.Count;
        int first = Grid.IdxY * RowsOfAThread;
        int last = first + RowsOfAThread;
        last = last <= depth ? last : depth + 1;
        int start = (panel * (depth + 1) * size) + (block * TLane.Count);
        if (first == 0)
        {
            TLane sums = hasBias != 0 ? TLane.LoadFirst(bias, column, count) : TLane.Zero;
            TLane.Store(panels, start, sums);
            first = 1;
        }

        if (columnStride == 1)
        {
            for (int row = first; row < last; row++)
            {
                TLane.Store(panels, start + (row * size), TLane.LoadFirst(source, ((row - 1) * depthStride) + column, count));
            }

            return;
        }

        // Columns lie apart: one after the other, so that what is read is read in order.
        for (int lane = 0; lane < TLane.Count; lane++)
        {
            for (int row = first; row < last; row++)
            {
                panels[start + (row * size) + lane] =
                    lane < count ? source[((row - 1) * depthStride) + ((column + lane) * columnStride)] : 0f;
            }
        }
    }

    /// <summary>The kernel for lanes of 1, 4, 8 or 16 numbers.</summary>
    public static MethodInfo Close(int lanes) =>
        typeof(PackPanels).GetMethod(nameof(Forward))!.MakeGenericMethod(new TileShape(1, 1, lanes).LaneType);

    /// <summary>The kernel for every vector.</summary>
    public static IEnumerable<MethodInfo> ClosedForms() => new[] { 4, 8, 16 }.Select(Close);
}
