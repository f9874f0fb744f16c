using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Linear;
using GpuRnn.Scheduling;
using GpuRnn.Testing;

namespace GpuRnn.Tests.Scheduling;

/// <summary>The product over panels as an executor, with every option, on OpenCL.</summary>
public sealed class PanelMatrixExecutorTests : IClassFixture<FusedStepDevices>
{
    private readonly FusedStepDevices _devices;

    public PanelMatrixExecutorTests(FusedStepDevices devices)
    {
        _devices = devices;
    }

    /// <summary>Few rows, a tile ± 1, primes, a larger one; nothing to sum and nothing to write.</summary>
    [OpenClTheory]
    [InlineData(1, 5, 3)]
    [InlineData(3, 49, 17)]
    [InlineData(4, 48, 0)]
    [InlineData(7, 47, 31)]
    [InlineData(9, 49, 8)]
    [InlineData(131, 97, 53)]
    [InlineData(0, 4, 4)]
    [InlineData(5, 0, 4)]
    public void Multiply_EveryOption_AgreesWithTheReference(int m, int n, int k)
    {
        Device device = _devices.Open("opencl:0");
        PanelMatrixExecutor executor = Assert.IsType<PanelMatrixExecutor>(device.MatrixExecutor);
        for (int options = 0; options < 16; options++)
        {
            Check(device, executor, m, n, k, (options & 1) != 0, (options & 2) != 0, (options & 4) != 0, (options & 8) != 0);
        }
    }

    private static void Check(
        Device device, PanelMatrixExecutor executor, int m, int n, int k, bool transposeA, bool transposeB, bool hasBias, bool accumulate)
    {
        int aStride = (transposeA ? m : k) + 2;
        int bStride = (transposeB ? k : n) + 1;
        int cStride = n + 3;
        float[] a = Numbers(1, (transposeA ? k : m) * aStride);
        float[] b = Numbers(2, (transposeB ? n : k) * bStride);
        float[] c = Numbers(3, m * cStride);
        float[] bias = Numbers(4, n);
        double[] expected = Widen(c);
        double[] allowed = new double[c.Length];
        MatMulReference.Multiply(
            Widen(a), Widen(b), expected, hasBias ? Widen(bias) : [], allowed, m, n, k, transposeA ? 1 : aStride, transposeA ? aStride : 1,
            transposeB ? 1 : bStride, transposeB ? bStride : 1, cStride, accumulate);
        allowed = Array.ConvertAll(allowed, sum => sum * (k + 2) * Tolerances.SingleUnitRoundoff / (1.0 - ((k + 2) * Tolerances.SingleUnitRoundoff)));

        using DeviceBuffer<float> left = Upload(device, a);
        using DeviceBuffer<float> right = Upload(device, b);
        using DeviceBuffer<float> result = Upload(device, c);
        using DeviceBuffer<float> added = Upload(device, bias);
        executor.Multiply(device.DefaultStream, new MatrixProduct
        {
            A = new(left.View, aStride),
            TransposeA = transposeA,
            B = new(right.View, bStride),
            TransposeB = transposeB,
            C = new(result.View, cStride),
            Bias = hasBias ? added.View : default,
            Accumulate = accumulate,
            M = m,
            N = n,
            K = k,
        });
        float[] actual = new float[c.Length];
        result.CopyTo(actual);
        ElementwiseAssert.Close(expected, actual, allowed, $"[{m}, {n}, {k}] {transposeA} {transposeB} {hasBias} {accumulate}", m, cStride);
    }

    private static DeviceBuffer<float> Upload(Device device, float[] values)
    {
        DeviceBuffer<float> buffer = device.Allocate<float>(values.Length);
        buffer.CopyFrom(values);
        return buffer;
    }

    private static double[] Widen(float[] values) => Array.ConvertAll(values, value => (double)value);

    private static float[] Numbers(int seed, int count)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 2.0) - 1.0))];
    }
}
