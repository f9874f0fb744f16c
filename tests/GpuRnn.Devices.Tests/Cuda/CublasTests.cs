using GpuRnn.Devices.Cuda;
using GpuRnn.Devices.Cuda.Native;
using GpuRnn.Devices.Sequences;
using GpuRnn.Devices.Tests.Drivers;
using GpuRnn.Testing.CudaStandIn;

namespace GpuRnn.Devices.Tests.Cuda;

public sealed class CublasTests
{
    private const int M = 3;
    private const int N = 5;
    private const int K = 4;

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(false, true, true)]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    public void Multiply_RowsFurtherApartThanWide_IsTheProductByRows(bool transposeA, bool transposeB, bool accumulates)
    {
        using DriverTestDevice test = DriverDevices.OnStandIn(new StandInSpecification { HasCublas = true });
        CudaDevice device = (CudaDevice)test.Device;
        device.Register(new CublasMatrixExecutor(device, new NoProduct()));
        float[] a = Numbers(50, 1);
        float[] b = Numbers(50, 2);
        float[] c = Numbers(50, 3);
        using DeviceBuffer<float> bufferA = Upload(device, a);
        using DeviceBuffer<float> bufferB = Upload(device, b);
        using DeviceBuffer<float> bufferC = Upload(device, c);

        device.MatrixExecutor!.Multiply(device.DefaultStream, new MatrixProduct
        {
            A = new RowsView(bufferA.View, 7),
            TransposeA = transposeA,
            B = new RowsView(bufferB.View, 8),
            TransposeB = transposeB,
            C = new RowsView(bufferC.View, 9),
            Accumulate = accumulates,
            M = M,
            N = N,
            K = K,
        });
        float[] result = new float[50];
        bufferC.CopyTo(result);

        for (int i = 0; i < 50; i++)
        {
            (int row, int column) = (i / 9, i % 9);
            float expected = c[i];
            if (row < M && column < N)
            {
                float sum = 0;
                for (int k = 0; k < K; k++)
                {
                    sum += (transposeA ? a[(k * 7) + row] : a[(row * 7) + k]) * (transposeB ? b[(column * 8) + k] : b[(k * 8) + column]);
                }

                expected = sum + (accumulates ? c[i] : 0);
            }

            Assert.Equal(expected, result[i]);
        }
    }

    [Fact]
    public void Multiply_OtherPrecisions_AreTakenOnlyWhereAskedFor()
    {
        using DriverTestDevice test = DriverDevices.OnStandIn(new StandInSpecification { HasCublas = true });
        CudaDevice device = (CudaDevice)test.Device;
        device.Register(new CublasMatrixExecutor(device, new NoProduct()));
        using DeviceBuffer<float> buffer = device.Allocate<float>(4);
        foreach (ProductPrecision precision in Enum.GetValues<ProductPrecision>())
        {
            Assert.True(device.MatrixExecutor!.Supports(precision).IsSupported);
            device.MatrixExecutor.Multiply(device.DefaultStream, new MatrixProduct
            {
                A = new RowsView(buffer.View, 1),
                B = new RowsView(buffer.View.SubView(1), 1),
                C = new RowsView(buffer.View.SubView(2), 1),
                Precision = precision,
                M = 1,
                N = 1,
                K = 1,
            });
        }

        Assert.Equal([0, CublasConstants.ComputeTensorFloat32, CublasConstants.ComputeBFloat16], test.StandIn!.Cublas!.ComputeTypes);
        Assert.Equal("cuBLAS 12.6.3", device.MatrixExecutor!.Name);
        Assert.Contains(new("cuBLAS", "12.6.3 from libcublas.so.12"), device.Details);
    }

    [Fact]
    public void Multiply_AfterAQueueCouldNotBeSet_RunsInItsOwnQueue()
    {
        using DriverTestDevice test = DriverDevices.OnStandIn(new StandInSpecification { HasCublas = true });
        CudaDevice device = (CudaDevice)test.Device;
        device.Register(new CublasMatrixExecutor(device, new NoProduct()));
        using DeviceStream other = device.CreateStream();
        using DeviceBuffer<float> factors = Upload(device, [2, 3]);
        using DeviceBuffer<float> result = device.Allocate<float>(1);
        MatrixProduct product = new()
        {
            A = new RowsView(factors.View, 1),
            B = new RowsView(factors.View.SubView(1), 1),
            C = new RowsView(result.View, 1),
            M = 1,
            N = 1,
            K = 1,
        };
        device.MatrixExecutor!.Multiply(device.DefaultStream, product);
        device.MatrixExecutor.Multiply(other, product);
        device.MatrixExecutor.Multiply(device.DefaultStream, product);
        test.StandIn!.FailingCall = test.StandIn.Calls.Count + 2;
        test.StandIn.FailureCode = CudaCode.OutOfMemory;
        Assert.ThrowsAny<DeviceException>(() => device.MatrixExecutor.Multiply(other, product));
        Assert.Equal("cublasSetWorkspace_v2", test.StandIn.Calls[test.StandIn.FailingCall]);

        device.MatrixExecutor.Multiply(device.DefaultStream, product);

        Assert.Equal(["cublasSetStream_v2", "cublasSetWorkspace_v2", "cublasSgemm_v2"], test.StandIn.Calls.TakeLast(3));
        float[] single = new float[1];
        result.CopyTo(single);
        Assert.Equal([6f], single);
    }

    [Fact]
    public void Supports_TensorCoresOnAnOldGpu_SaysWhyNot()
    {
        using DriverTestDevice test = DriverDevices.OnStandIn(new StandInSpecification { HasCublas = true, CapabilityMajor = 7 });
        CudaDevice device = (CudaDevice)test.Device;
        device.Register(new CublasMatrixExecutor(device, new NoProduct()));

        Assert.Equal(
            "no: \"cuBLAS 12.6.3\" has no tensor cores for TensorFloat32 below compute capability 8.0",
            device.MatrixExecutor!.Supports(ProductPrecision.TensorFloat32).ToString());
    }

    [Fact]
    public void Open_WithoutCublas_SaysWhatIsMissing()
    {
        using DriverTestDevice test = DriverDevices.OnStandIn(new StandInSpecification());

        DeviceException error = Assert.Throws<DeviceException>(() => new CublasMatrixExecutor((CudaDevice)test.Device, new NoProduct()));

        Assert.Equal(
            "CublasMatrixExecutor: cuda:0 (Stand-in GPU) arrived, but libcublas.so.13 and libcublas.so.12 were not found. Register another product.",
            error.Message);
    }

    private static float[] Numbers(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(-8, 9))];
    }

    private static DeviceBuffer<float> Upload(Device device, float[] values)
    {
        DeviceBuffer<float> buffer = device.Allocate<float>(values.Length);
        buffer.CopyFrom(values);
        return buffer;
    }

    /// <summary>Stands where nothing but cuBLAS may multiply.</summary>
    private sealed class NoProduct : IMatrixExecutor
    {
        public string Name => "none";

        public void Multiply(DeviceStream stream, in MatrixProduct product) => throw new InvalidOperationException("Only cuBLAS may multiply here.");
    }
}
