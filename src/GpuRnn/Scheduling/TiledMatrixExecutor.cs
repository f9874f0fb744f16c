using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Linear;

namespace GpuRnn.Scheduling;

/// <summary>The matrix product through tiles of shared memory: for devices whose groups have it.</summary>
public sealed class TiledMatrixExecutor : IMatrixExecutor
{
    private readonly LoadedKernel _kernel;

    /// <summary>Loads the kernel.</summary>
    /// <param name="device">Where the products will run.</param>
    public TiledMatrixExecutor(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        _kernel = device.Load(typeof(MatMulTiled).GetMethod(nameof(MatMulTiled.Forward))!);
    }

    /// <inheritdoc/>
    public string Name => "tiled";

    /// <inheritdoc/>
    public void Multiply(DeviceStream stream, in MatrixProduct product)
    {
        if (product.M == 0 || product.N == 0)
        {
            return;
        }

        bool hasBias = product.Bias.Length > 0;
        _kernel.Launch(
            stream,
            new KernelConfig(
                new Index2D(TileCount(product.N), TileCount(product.M)), new Index2D(MatMulTiled.TileSize, MatMulTiled.TileSize)),
            product.A.Memory,
            product.B.Memory,
            product.C.Memory,
            hasBias ? product.Bias : product.C.Memory,
            product.M,
            product.N,
            product.K,
            product.TransposeA ? 1 : product.A.RowStride,
            product.TransposeA ? product.A.RowStride : 1,
            product.TransposeB ? 1 : product.B.RowStride,
            product.TransposeB ? product.B.RowStride : 1,
            product.C.RowStride,
            product.Accumulate ? 1 : 0,
            hasBias ? 1 : 0);
    }

    private static int TileCount(int elements) => (elements + MatMulTiled.TileSize - 1) / MatMulTiled.TileSize;
}
