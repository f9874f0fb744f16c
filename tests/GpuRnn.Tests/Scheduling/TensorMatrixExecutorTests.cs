using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Devices.Cuda;
using GpuRnn.Devices.Sequences;
using GpuRnn.Scheduling;
using GpuRnn.Testing.CudaStandIn;

namespace GpuRnn.Tests.Scheduling;

/// <summary>Products on tensor cores where the machine has no cuBLAS, as PTX behind the stand-in for NVIDIA's driver.</summary>
public sealed class TensorMatrixExecutorTests
{
    private const int M = 5;
    private const int N = 7;
    private const int K = 6;
    private const int Length = 100;

    // Strides of 8 and addresses at multiples of 16 bytes allow wide copies, 9 and one element further do not.
    [Theory]
    [InlineData(false, false, 8, 0, ProductPrecision.TensorFloat32)]
    [InlineData(false, true, 8, 0, ProductPrecision.BFloat16)]
    [InlineData(true, false, 8, 0, ProductPrecision.TensorFloat32)]
    [InlineData(true, true, 9, 0, ProductPrecision.BFloat16)]
    [InlineData(false, false, 9, 0, ProductPrecision.BFloat16)]
    [InlineData(false, false, 8, 1, ProductPrecision.TensorFloat32)]
    [InlineData(false, false, 8, 1, ProductPrecision.Single)]
    public void Multiply_AnyLayout_IsTheProductAndNothingElseIsWritten(bool transposeA, bool transposeB, int stride, int first, ProductPrecision precision)
    {
        StandInDriver driver = new();
        using CudaDevice device = driver.OpenDevice();
        device.Register(new TensorMatrixExecutor(device, new TiledMatrixExecutor(device)));
        float[] a = Numbers(1);
        float[] b = Numbers(2);
        float[] c = Numbers(3);
        float[] bias = Numbers(4);
        using DeviceBuffer<float> bufferA = Upload(device, a);
        using DeviceBuffer<float> bufferB = Upload(device, b);
        using DeviceBuffer<float> bufferC = Upload(device, c);
        using DeviceBuffer<float> bufferBias = Upload(device, bias);

        device.MatrixExecutor!.Multiply(device.DefaultStream, new MatrixProduct
        {
            A = new RowsView(bufferA.View.SubView(first), stride),
            TransposeA = transposeA,
            B = new RowsView(bufferB.View.SubView(first), stride),
            TransposeB = transposeB,
            C = new RowsView(bufferC.View.SubView(first), stride),
            Bias = transposeA ? bufferBias.View.SubView(0, N) : default,
            Accumulate = transposeB,
            Precision = precision,
            M = M,
            N = N,
            K = K,
        });
        float[] result = new float[Length];
        bufferC.CopyTo(result);

        for (int i = 0; i < Length; i++)
        {
            (int row, int column) = Math.DivRem(i - first, stride);
            float expected = c[i];
            if (i >= first && row < M && column < N)
            {
                // Whole numbers below 9 keep all their bits in bfloat16, and their sums in single precision.
                float sum = Enumerable.Range(0, K).Sum(k =>
                    a[first + (transposeA ? (k * stride) + row : (row * stride) + k)] * b[first + (transposeB ? (column * stride) + k : (k * stride) + column)]);
                expected = sum + (transposeB ? c[i] : 0) + (transposeA ? bias[column] : 0);
            }

            Assert.Equal(expected, result[i]);
        }

        Assert.Equal([], driver.Problems);
    }

    [Fact]
    public void Multiply_ThirdsInTf32_RoundsTheFactors()
    {
        StandInDriver driver = new();
        using CudaDevice device = driver.OpenDevice();
        DeviceCatalog.Equip(device);
        using DeviceBuffer<float> factors = Upload(device, [1f / 3, 1f]);
        using DeviceBuffer<float> result = device.Allocate<float>(1);

        float Product(ProductPrecision precision)
        {
            device.MatrixExecutor!.Multiply(device.DefaultStream, new MatrixProduct
            {
                A = new RowsView(factors.View, 1),
                B = new RowsView(factors.View.SubView(1), 1),
                C = new RowsView(result.View, 1),
                Precision = precision,
                M = 1,
                N = 1,
                K = 1,
            });
            float[] one = new float[1];
            result.CopyTo(one);
            return one[0];
        }

        Assert.Equal([1f / 3, 0.33325195f, 0.33398438f], Enum.GetValues<ProductPrecision>().Select(Product));
    }

    [Fact]
    public void Supports_GpuWithoutThem_SaysWhyNotAndMultipliesInSinglePrecision()
    {
        StandInDriver driver = new(new StandInSpecification { CapabilityMajor = 7, CapabilityMinor = 5 });
        using CudaDevice device = driver.OpenDevice();
        DeviceCatalog.Equip(device);

        SupportAnswer answer = device.MatrixExecutor!.Supports(ProductPrecision.BFloat16);

        Assert.StartsWith("no: \"tiled\" has no tensor cores for it: GK", answer.ToString(), StringComparison.Ordinal);
        Assert.Equal("tiled", device.MatrixExecutor.Name);
    }

    private static float[] Numbers(int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, Length).Select(_ => (float)random.Next(-8, 9))];
    }

    private static DeviceBuffer<float> Upload(Device device, float[] values)
    {
        DeviceBuffer<float> buffer = device.Allocate<float>(values.Length);
        buffer.CopyFrom(values);
        return buffer;
    }
}
