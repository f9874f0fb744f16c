using GpuRnn.Compiler.Frontend;
using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Cuda;
using GpuRnn.Devices.Tests.Drivers;
using GpuRnn.KernelModel;
using GpuRnn.Testing;
using GpuRnn.Testing.CudaStandIn;

namespace GpuRnn.Devices.Tests.Cuda;

public sealed class CudaDeviceTests
{
    [Fact]
    public void List_WithoutDriver_SaysWhy()
    {
        IReadOnlyList<CudaDeviceInformation> devices = CudaDeviceInformation.List(out string? absence);

        Assert.Equal(devices.Count == 0, absence is not null);
        Assert.All(devices, device => Assert.NotEmpty(device.Answer.Reason));
    }

    [CudaFact]
    public void List_OnThisMachine_HasTheDeviceThatTestsRunOn() =>
        Assert.Contains(CudaTestDevice.Information.Id, CudaDeviceInformation.List(out _).Select(device => device.Id));

    [Theory]
    [InlineData(10020, 1, "the driver knows CUDA 10.2, but 11.4 is needed")]
    [InlineData(12060, 0, "the driver is there, but finds no GPU")]
    public void List_DriverThatIsNoUse_SaysWhy(int version, int count, string reason)
    {
        StandInDriver driver = new(new StandInSpecification { DriverVersion = version, DeviceCount = count });

        Assert.Empty(CudaDeviceInformation.List(driver, out string? absence));
        Assert.Equal(reason, absence);
    }

    [Fact]
    public void List_OldGpu_IsNamedAndRefused()
    {
        StandInDriver driver = new(new StandInSpecification { CapabilityMajor = 6, CapabilityMinor = 1 });

        CudaDeviceInformation device = Assert.Single(CudaDeviceInformation.List(driver, out _));

        Assert.Equal("no: it has compute capability 6.1, but 7.0 is needed", device.Answer.ToString());
        Assert.StartsWith(
            "CudaDevice: cuda:0 (Stand-in GPU) arrived, but it cannot be used: it has compute capability 6.1",
            Assert.Throws<DeviceException>(() => new CudaDevice(device)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(7, 0, "sm_70")]
    [InlineData(7, 5, "sm_75")]
    [InlineData(8, 6, "sm_86")]
    [InlineData(8, 8, "sm_87")]
    [InlineData(9, 0, "sm_90")]
    [InlineData(12, 0, "sm_90")]
    public void Architecture_OfAnyGpu_IsTheNewestThatItIsNotOlderThan(int major, int minor, string architecture)
    {
        using DriverTestDevice test = DriverDevices.OnStandIn(new StandInSpecification { CapabilityMajor = major, CapabilityMinor = minor });
        Assert.Equal(architecture, ((CudaDevice)test.Device).Architecture);
    }

    [Fact]
    public void Open_AnyDevice_TellsItsFacts()
    {
        using DriverTestDevice test = DriverDevices.OnStandIn(new StandInSpecification());
        Assert.Equal(("cuda:0", DeviceKind.Cuda, "Stand-in GPU"), (test.Device.Id, test.Device.Kind, test.Device.Name));
        Assert.Equal(
            new DeviceProfile(4, 32, null, null, 4 << 20, 64 << 20) { Groups = new GroupLimits(1024, 96 * 1024, 65536, true) }, test.Device.Profile);
        Assert.Contains(new("memory pool", "the driver's"), test.Device.Details);
        Assert.Contains(new("cuBLAS", "none: libcublas.so.13 and libcublas.so.12 were not found"), test.Device.Details);
        Assert.Contains(new("shared memory of a group", "49152 bytes, 98304 on demand"), test.Device.Details);
    }

    [Fact]
    public void Parts_GivenBackInAnyOrder_LeaveTheContextToTheLast()
    {
        foreach (int seed in Enumerable.Range(0, 40))
        {
            StandInDriver driver = new();
            CudaDevice device = new(CudaDeviceInformation.List(driver, out _)[0]);
            DeviceStream stream = device.CreateStream();
            DeviceBuffer<int> buffer = device.Allocate<int>(10);
            LoadedKernel kernel = device.Load(typeof(DriverKernels).GetMethod(nameof(DriverKernels.AddIndex))!);
            kernel.Launch(stream, (Index1D)10, buffer.View, 1);
            IDisposable[] parts =
            [
                device, stream, buffer, device.AllocatePinned<int>(3), stream.Record(),
                stream.Capture(() => kernel.Launch(stream, (Index1D)10, buffer.View, 1)),
            ];
            new Random(seed).Shuffle(parts);

            Array.ForEach(parts, part => part.Dispose());
            Array.ForEach(parts, part => part.Dispose());

            Assert.Equal([], driver.Problems);
            Assert.Equal([], driver.Leaks());
            Assert.Equal((0L, 0L), (device.AllocatedBytes, device.PinnedBytes));
        }
    }

    [Fact]
    public void Buffer_DisposedWhileAQueueUsesIt_IsFreedBehindTheWork()
    {
        using DriverTestDevice test = DriverDevices.OnStandIn(new StandInSpecification());
        Device device = test.Device;
        using DeviceStream stream = device.CreateStream();
        LoadedKernel kernel = device.Load(typeof(DriverKernels).GetMethod(nameof(DriverKernels.AddIndex))!);
        DeviceBuffer<int> buffer = device.Allocate<int>(10);
        kernel.Launch(stream, (Index1D)10, buffer.View, 1);
        buffer.Dispose();

        // Whoever waits for the free must have the kernel run before; the stand-in reports memory that is touched after it.
        device.DefaultStream.Synchronize();
        Assert.Equal([], test.StandIn!.Problems);
    }

    [Fact]
    public void Allocate_BesideAQueueThatRunsAhead_IsZeroedBeforeItsWork()
    {
        using DriverTestDevice test = DriverDevices.OnStandIn(new StandInSpecification());
        Device device = test.Device;
        using DeviceStream stream = device.CreateStream();
        LoadedKernel kernel = device.Load(typeof(DriverKernels).GetMethod(nameof(DriverKernels.AddIndex))!);
        using DeviceBuffer<int> buffer = device.Allocate<int>(3);
        using PinnedBuffer<int> result = device.AllocatePinned<int>(3);

        kernel.Launch(stream, (Index1D)3, buffer.View, 5);
        buffer.CopyTo(stream, result);
        stream.Synchronize();

        Assert.Equal([5, 6, 7], result.Span.ToArray());
    }

    [Fact]
    public void Launch_SharedMemoryBeyondWhatATextDeclares_IsAskedFor()
    {
        using DriverTestDevice test = DriverDevices.OnStandIn(new StandInSpecification());
        using DeviceBuffer<int> buffer = test.Device.Allocate<int>(8);
        buffer.CopyFrom([1, 2, 3, 4, 5, 6, 7, 8]);

        LoadedKernel kernel = test.Device.Load(typeof(CudaKernels).GetMethod(nameof(CudaKernels.ReverseInLargeMemory))!);
        kernel.Launch(test.Device.DefaultStream, new KernelConfig(new Index1D(2), new Index1D(4)), buffer.View);
        int[] result = new int[8];
        buffer.CopyTo(result);

        Assert.Equal([4, 3, 2, 1, 8, 7, 6, 5], result);
        Assert.Contains("cuFuncSetAttribute", test.StandIn!.Calls);
    }

    [Fact]
    public void Supports_MoreSharedMemoryThanAGroupMayHave_SaysSo()
    {
        using DriverTestDevice test = DriverDevices.OnStandIn(new StandInSpecification { SharedBytesPerGroupOnDemand = 48 * 1024 });

        SupportAnswer answer = test.Device.Supports(KernelEntry.Read(typeof(CudaKernels).GetMethod(nameof(CudaKernels.ReverseInLargeMemory))!));

        Assert.Equal("no: a group needs 60000 bytes of shared memory, but has 49152", answer.ToString());
    }

    [Fact]
    public void LaunchCooperative_AsManyGroupsAsFit_RunsAndOneMoreIsRefused()
    {
        using DriverTestDevice test = DriverDevices.OnStandIn(new StandInSpecification { MultiprocessorCount = 2 });
        using DeviceBuffer<int> count = test.Device.Allocate<int>(1);
        LoadedKernel kernel = test.Device.Load(typeof(CudaKernels).GetMethod(nameof(CudaKernels.CountTogether))!);

        kernel.Launch(test.Device.DefaultStream, new KernelConfig(new Index1D(4), new Index1D(1024)), count.View);
        DeviceException error = Assert.Throws<DeviceException>(
            () => kernel.Launch(test.Device.DefaultStream, new KernelConfig(new Index1D(5), new Index1D(1024)), count.View));

        int[] result = new int[1];
        count.CopyTo(result);
        Assert.Equal([4096], result);
        Assert.Contains("cuLaunchCooperativeKernel", test.StandIn!.Calls);
        Assert.StartsWith(
            "CudaKernels.CountTogether: a cooperative launch of 5 groups of 1024 work-items arrived, but cuda:0 keeps at most 4 at once: "
            + "2 multiprocessors hold 2 groups each of 1024 work-items with 32 registers and 0 bytes of shared memory.",
            error.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 20, "1 20 -> (1, 256)")]
    [InlineData(3, 20, "3 20 -> (4, 64)")]
    [InlineData(40, 20, "40 20 -> (32, 8)")]
    [InlineData(40, 600_000, "40 600000 -> (16, 16)")]
    [InlineData(40, 5_000_000, "40 5000000 -> (2, 128)")]
    public void Launch_OfTwoAxes_TakesTheShapeOfGroupThatFitsThem(int width, int height, string expected)
    {
        using DriverTestDevice test = DriverDevices.OnStandIn(new StandInSpecification { RunsKernels = false });
        using DeviceBuffer<int> buffer = test.Device.Allocate<int>(1);
        test.Device.Load(typeof(DriverKernels).GetMethod(nameof(DriverKernels.Pack2D))!).Launch(
            test.Device.DefaultStream, new Index2D(width, height), buffer.View, 1);

        (Index3D group, Index3D grid) = test.StandIn!.LastLaunch;

        Assert.Equal(expected, $"{width} {height} -> ({group.X}, {group.Y})");
        Assert.True((long)grid.X * group.X >= width && (long)grid.Y * group.Y >= height && grid.Y <= 65_535);
    }

    [Fact]
    public void Launch_GridBeyondTheLimit_NamesIt()
    {
        using DriverTestDevice test = DriverDevices.OnStandIn(new StandInSpecification { RunsKernels = false });
        using DeviceBuffer<int> buffer = test.Device.Allocate<int>(1);
        LoadedKernel pack = test.Device.Load(typeof(DriverKernels).GetMethod(nameof(DriverKernels.Pack2D))!);
        LoadedKernel reverse = test.Device.Load(typeof(DriverKernels).GetMethod(nameof(DriverKernels.Reverse))!);

        Assert.StartsWith(
            "DriverKernels.Pack2D: extent (1, 20000000, 1) arrived, which is (1, 78125, 1) groups of (1, 256, 1) work-items, but cuda:0 launches at most "
            + "2147483647, 65535 and 65535 groups along the axes.",
            Assert.Throws<DeviceException>(() => pack.Launch(test.Device.DefaultStream, new Index2D(1, 20_000_000), buffer.View, 1)).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "DriverKernels.Reverse: a grid of (1, 65536, 1) groups arrived, but cuda:0 launches at most 2147483647, 65535 and 65535 along the axes.",
            Assert.Throws<DeviceException>(() => reverse.Launch(
                test.Device.DefaultStream, new KernelConfig(new Index2D(1, 65_536), new Index2D(1, 1)), buffer.View)).Message,
            StringComparison.Ordinal);
    }
}
