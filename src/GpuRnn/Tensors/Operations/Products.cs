using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;

namespace GpuRnn.Tensors.Operations;

/// <summary>Hands dense products of whole tensors to the device's matrix executor.</summary>
internal static class Products
{
    public static void Multiply(
        Tape tape,
        ArrayView<float> a,
        bool transposeA,
        int strideA,
        ArrayView<float> b,
        bool transposeB,
        int strideB,
        ArrayView<float> c,
        int m,
        int n,
        int k,
        bool accumulate,
        ArrayView<float> bias = default)
    {
        if (m == 0 || n == 0)
        {
            return;
        }

        IMatrixExecutor executor = tape.Device.MatrixExecutor ?? throw new DeviceException(
            $"MatMul: the device {tape.Device} has no matrix executor, but a product needs one. "
            + "Open devices through GpuRnn.Composition, which registers it.");
        executor.Multiply(
            tape.Stream,
            new MatrixProduct
            {
                A = new RowsView(a, strideA),
                TransposeA = transposeA,
                B = new RowsView(b, strideB),
                TransposeB = transposeB,
                C = new RowsView(c, n),
                Bias = bias,
                Accumulate = accumulate,
                M = m,
                N = n,
                K = k,
            });
    }
}
