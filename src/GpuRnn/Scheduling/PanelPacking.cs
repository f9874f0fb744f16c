using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Scheduling;

/// <summary>Copies right factors into panels; their layout stands on <see cref="PackPanels"/>.</summary>
internal sealed class PanelPacking
{
    private readonly Dictionary<int, LoadedKernel> _kernels = [];

    /// <summary>Loads the kernels.</summary>
    /// <param name="device">Where to pack.</param>
    /// <param name="lanes">Numbers of the lanes of all tiles that will be packed for.</param>
    public PanelPacking(Device device, params int[] lanes)
    {
        foreach (int count in lanes)
        {
            _kernels[count] = device.Load(PackPanels.Close(count));
        }
    }

    /// <summary>Panels that hold a number of columns or units.</summary>
    public static int PanelCount(int units, int unitsOfAPanel) => (units + unitsOfAPanel - 1) / unitsOfAPanel;

    /// <summary>Elements of all panels.</summary>
    public static long Length(int panels, int depth, TileShape tile) => checked(panels * (depth + 1L) * tile.Width);

    /// <summary>Packs B and the bias of a product.</summary>
    public void PackColumns(DeviceStream stream, in MatrixProduct product, ArrayView<float> panels, TileShape tile)
    {
        bool hasBias = product.Bias.Length > 0;
        Launch(
            stream, PanelCount(product.N, tile.Width), product.B.Memory, hasBias ? product.Bias : product.B.Memory, panels, product.K, tile,
            tile.Width, tile.Lanes, 0, product.N, product.TransposeB ? 1 : product.B.RowStride, product.TransposeB ? product.B.RowStride : 1, hasBias);
    }

    /// <summary>Packs the rows of a transposed A, a tile of them to a panel, so that the loop over its depth reads neighbouring memory.</summary>
    public void PackRows(DeviceStream stream, in MatrixProduct product, ArrayView<float> panels, TileShape rows)
    {
        Launch(
            stream, PanelCount(product.M, rows.Width), product.A.Memory, product.A.Memory, panels, product.K, rows, rows.Width, rows.Lanes, 0,
            product.M, product.A.RowStride, 1, false);
    }

    /// <summary>Packs the weight of a cell's step, [gates·width, depth], so that a panel holds all gates of its units.</summary>
    public void PackGates(
        DeviceStream stream, ArrayView<float> weight, ArrayView<float> bias, ArrayView<float> panels, int width, int depth, TileShape tile)
    {
        bool hasBias = bias.Length > 0;
        Launch(
            stream, PanelCount(width, tile.Lanes), weight, hasBias ? bias : weight, panels, depth, tile, tile.Lanes, 0, width, width, 1, depth, hasBias);
    }

    private void Launch(
        DeviceStream stream,
        int panelCount,
        ArrayView<float> source,
        ArrayView<float> bias,
        ArrayView<float> panels,
        int depth,
        TileShape tile,
        int panelStride,
        int blockStride,
        int groupStride,
        int units,
        int depthStride,
        int columnStride,
        bool hasBias)
    {
        int parts = (depth + PackPanels.RowsOfAThread) / PackPanels.RowsOfAThread;
        _kernels[tile.Lanes].Launch(
            stream,
            new KernelConfig(new Index2D(panelCount * tile.Blocks, parts), new Index2D(1, 1)),
            source,
            bias,
            panels,
            depth,
            tile.Blocks,
            panelStride,
            blockStride,
            groupStride,
            units,
            depthStride,
            columnStride,
            hasBias ? 1 : 0);
    }
}
