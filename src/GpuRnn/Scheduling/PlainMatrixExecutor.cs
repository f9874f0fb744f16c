using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Linear;

namespace GpuRnn.Scheduling;

/// <summary>The matrix product that every device has: the bottom of the ladder, one thread an element.</summary>
public sealed class PlainMatrixExecutor : IMatrixExecutor
{
    private readonly LoadedKernel _kernel;

    /// <summary>Loads the kernel.</summary>
    /// <param name="device">Where the products will run.</param>
    public PlainMatrixExecutor(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        _kernel = device.Load(typeof(MatMulNaive).GetMethod(nameof(MatMulNaive.Forward))!);
    }

    /// <inheritdoc/>
    public string Name => "naive";

    /// <inheritdoc/>
    public void Multiply(DeviceStream stream, in MatrixProduct product)
    {
        ArgumentNullException.ThrowIfNull(stream);
        bool hasBias = product.Bias.Length > 0;
        _kernel.Launch(
            stream,
            new Index1D(checked(product.M * product.N)),
            product.A.Memory,
            product.B.Memory,
            product.C.Memory,
            hasBias ? product.Bias : product.C.Memory,
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
}
