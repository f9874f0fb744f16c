using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Linear;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Scheduling;

/// <summary>The matrix product over packed panels with a tile of vectors in registers: for devices that compute with vectors in one thread.</summary>
/// <remarks>A product of few rows is not worth packing its right factor; it runs without.</remarks>
public sealed class PanelMatrixExecutor : IMatrixExecutor, IDisposable
{
    private const int FewestRows = 4;

    private readonly Device _device;
    private readonly TileShape _tile;
    private readonly LoadedKernel _product;
    private readonly PanelPacking _packing;
    private readonly PlainMatrixExecutor _plain;
    private DeviceBuffer<float>? _panels;

    /// <summary>Loads the kernels.</summary>
    /// <param name="device">Where the products will run; <see cref="Supports"/> it.</param>
    /// <exception cref="DeviceException">The device has no vectors.</exception>
    public PanelMatrixExecutor(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        SupportAnswer answer = Supports(device);
        if (!answer.IsSupported)
        {
            throw new DeviceException($"PanelMatrixExecutor: {device.Id} arrived, but {answer.Reason}. Register another product.");
        }

        _device = device;
        _tile = TileTable.Product(DeviceTiles.Lanes(device));
        _product = device.Load(MatMulPanels.Close(_tile));
        _packing = new PanelPacking(device, _tile.Lanes, _tile.Rows);
        _plain = new PlainMatrixExecutor(device);
    }

    /// <inheritdoc/>
    public string Name => "panels";

    /// <summary>Tells whether a device computes with vectors.</summary>
    public static SupportAnswer Supports(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        int lanes = DeviceTiles.Lanes(device);
        return lanes > 1
            ? SupportAnswer.Yes($"tiles of {TileTable.Product(lanes)} numbers in registers")
            : SupportAnswer.No("a thread of it holds one number, so a tile of vectors would leave it idle");
    }

    /// <inheritdoc/>
    public IPreparedFactor? Prepare(int mostRows, int n, int k) =>
        mostRows < FewestRows || n == 0 ? null : new PreparedPanels(this, _device.Allocate<float>(PanelPacking.Length(PanelPacking.PanelCount(n, _tile.Width), k, _tile)));

    /// <inheritdoc/>
    public void Multiply(DeviceStream stream, in MatrixProduct product)
    {
        if (product.M < FewestRows)
        {
            _plain.Multiply(stream, product);
            return;
        }

        int panels = PanelPacking.PanelCount(product.N, _tile.Width);
        if (panels == 0)
        {
            return;
        }

        // Rows of a transposed A lie as far apart as the caches' sets repeat, so they are packed as well.
        TileShape rows = new(1, 1, _tile.Rows);
        long length = PanelPacking.Length(panels, product.K, _tile);
        long lengthOfRows = product.TransposeA ? PanelPacking.Length(PanelPacking.PanelCount(product.M, _tile.Rows), product.K, rows) : 0;
        ArrayView<float> all = Panels(length + lengthOfRows);
        ArrayView<float> packed = all.SubView(0, length);
        _packing.PackColumns(stream, product, packed, _tile);
        ArrayView<float> left = product.A.Memory;
        if (product.TransposeA)
        {
            _packing.PackRows(stream, product, all.SubView(length), rows);

            // The first row of a panel is the bias's place.
            left = all.SubView(length + _tile.Rows);
        }

        Launch(stream, product, left, packed);
    }

    /// <summary>Gives the panels' memory back; the next product allocates it again.</summary>
    public void Dispose()
    {
        _panels?.Dispose();
        _panels = null;
    }

    private void Launch(DeviceStream stream, in MatrixProduct product, ArrayView<float> left, ArrayView<float> packed)
    {
        _product.Launch(
            stream,
            new KernelConfig(
                new Index2D(PanelPacking.PanelCount(product.M, _tile.Rows), PanelPacking.PanelCount(product.N, _tile.Width)), new Index2D(1, 1)),
            left,
            packed,
            product.C.Memory,
            product.M,
            product.N,
            product.K,
            product.TransposeA ? (product.K + 1) * _tile.Rows : _tile.Rows * product.A.RowStride,
            product.TransposeA ? 1 : product.A.RowStride,
            product.TransposeA ? _tile.Rows : 1,
            product.C.RowStride,
            product.Accumulate ? 1 : 0);
    }

    // Grows to the largest product and stays, so that a seen shape allocates nothing.
    private ArrayView<float> Panels(long length)
    {
        if (_panels is null || _panels.Length < length)
        {
            _panels?.Dispose();
            _panels = _device.Allocate<float>(length);
        }

        return _panels.View.SubView(0, length);
    }

    /// <summary>Panels of a factor's own.</summary>
    private sealed class PreparedPanels(PanelMatrixExecutor executor, DeviceBuffer<float> panels) : IPreparedFactor
    {
        public void Load(DeviceStream stream, in MatrixProduct product) => executor._packing.PackColumns(stream, product, panels.View, executor._tile);

        public void Multiply(DeviceStream stream, in MatrixProduct product)
        {
            if (product.M < FewestRows)
            {
                executor._plain.Multiply(stream, product);
            }
            else
            {
                executor.Launch(stream, product, product.A.Memory, panels.View);
            }
        }

        public void Dispose() => panels.Dispose();
    }
}
