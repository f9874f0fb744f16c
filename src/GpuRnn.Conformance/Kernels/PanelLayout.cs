using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Conformance.Kernels;

/// <summary>The layout of packed panels, worked out on the host from the words on <see cref="PackPanels"/>.</summary>
/// <param name="Depth">Terms of each sum.</param>
/// <param name="Lanes">Numbers of a lane.</param>
/// <param name="Blocks">Lanes of a panel's row.</param>
/// <param name="PanelStride">Units from one panel to the next.</param>
/// <param name="BlockStride">Units from one block to the next.</param>
/// <param name="GroupStride">Columns from one block to the next.</param>
/// <param name="Units">Units that have a column.</param>
internal sealed record PanelLayout(int Depth, int Lanes, int Blocks, int PanelStride, int BlockStride, int GroupStride, int Units)
{
    /// <summary>Elements of a panel's row.</summary>
    public int Width => Blocks * Lanes;

    public int PanelCount => (Units + PanelStride - 1) / PanelStride;

    /// <summary>Elements of all panels.</summary>
    public int Length => PanelCount * (Depth + 1) * Width;

    /// <summary>The layout of a product's right factor.</summary>
    public static PanelLayout OfProduct(TileShape tile, int n, int k) => new(k, tile.Lanes, tile.Blocks, tile.Width, tile.Lanes, 0, n);

    /// <summary>The layout of a cell's weight, a block a gate.</summary>
    public static PanelLayout OfGates(TileShape tile, int width) => new(width, tile.Lanes, tile.Blocks, tile.Lanes, 0, width, width);

    /// <summary>What an element of the panels holds: its row (0 the bias, 1 + k term k) and its column, null beyond the last.</summary>
    public (int Row, int? Column) At(int element)
    {
        int panel = element / ((Depth + 1) * Width);
        int row = element / Width % (Depth + 1);
        int place = element % Width;
        int block = place / Lanes;
        int unit = (panel * PanelStride) + (block * BlockStride) + (place % Lanes);
        return (row, unit < Units ? unit + (block * GroupStride) : null);
    }

    /// <summary>Packs on the host.</summary>
    /// <param name="source">The element of a term and a column.</param>
    /// <param name="bias">The element of a column.</param>
    public float[] Pack(Func<int, int, float> source, Func<int, float> bias)
    {
        float[] panels = new float[Length];
        for (int i = 0; i < panels.Length; i++)
        {
            (int row, int? column) = At(i);
            panels[i] = column is not int c ? 0f : row == 0 ? bias(c) : source(row - 1, c);
        }

        return panels;
    }
}
