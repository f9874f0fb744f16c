namespace GpuRnn.Kernels.Tiles;

/// <summary>Copies a product's right factor into panels, so that the loop over its depth reads neighbouring memory.</summary>
/// <remarks>
/// Layout: <c>[panel][1 + depth][block][lane]</c>. Row 0 of a panel is the bias, with which the sums begin; row 1 + k holds term k of each
/// column. Columns beyond the last are zeros.
/// </remarks>
public static class PackPanels
{
    /// <summary>Fills all panels.</summary>
    /// <remarks>
    /// Threads: index.X is the position in a row over all panels, panel·blocks·lanes + block·lanes + lane, index.Y the row of a panel; one
    /// thread, one element. A column is <c>unit + block·groupStride</c> with <c>unit = panel·panelStride + block·blockStride + lane</c>:
    /// in a product the blocks of a panel lie side by side (blockStride lanes, groupStride 0); in a cell's step they are the gates of the
    /// same units (blockStride 0, groupStride the units). Deterministic; bandwidth is the limit.
    /// </remarks>
    public static void Forward(
        Index2D index,
        ArrayView<float> source,  // element (k, column) at k·depthStride + column·columnStride; not modified
        ArrayView<float> bias,    // element column; not read unless hasBias
        ArrayView<float> panels,  // the layout above
        int depth,                // terms
        int lanes,                // numbers of a lane
        int blocks,               // lanes of a panel's row
        int panelStride,          // units from one panel to the next
        int blockStride,          // units from one block to the next
        int groupStride,          // columns from one block to the next, beside its units
        int units,                // a unit from here on has no column
        int depthStride,
        int columnStride,
        int hasBias)              // 1 to begin with the bias, else 0
    {
        int size = blocks * lanes;
        int panel = index.X / size;
        int place = index.X % size;
        int block = place / lanes;
        int unit = (panel * panelStride) + (block * blockStride) + (place % lanes);
        int column = unit + (block * groupStride);
        int row = index.Y;

        float value = 0f;
        if (unit < units)
        {
            if (row > 0)
            {
                value = source[((row - 1) * depthStride) + (column * columnStride)];
            }
            else if (hasBias != 0)
            {
                value = bias[column];
            }
        }

        panels[(((panel * (depth + 1)) + row) * size) + place] = value;
    }
}
