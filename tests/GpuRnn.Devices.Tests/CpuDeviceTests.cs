using GpuRnn.Compiler.Frontend;
using GpuRnn.Devices.Cpu;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Tests;

public sealed class CpuDeviceTests
{
    [Fact]
    public void Profile_OfThisMachine_IsPlausible()
    {
        using CpuDevice device = new();

        Assert.Equal(Environment.ProcessorCount, device.Profile.CoreCount);
        Assert.Contains(device.Profile.VectorBits, (int[])[128, 256, 512]);
        Assert.True(device.Profile.MemoryBytes > 1 << 20);
        Assert.True(device.Profile.L1Bytes is null or (>= 4096 and <= 1 << 20), $"{device.Profile}");
        Assert.True(device.Profile.L2Bytes is null || device.Profile.L2Bytes > device.Profile.L1Bytes, $"{device.Profile}");
        Assert.False(string.IsNullOrWhiteSpace(device.Name));
        Assert.Equal(DeviceKind.Cpu, device.Kind);
    }

    [Fact]
    public void Supports_BothGroupings_GivesTheReason()
    {
        using CpuDevice compiled = new(new CpuDeviceOptions { ThreadCount = 2 });
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 2, KernelMode = CpuKernelMode.Plain });

        Assert.Equal(
            "yes: runs compiled on 2 threads",
            compiled.Supports(KernelEntry.Read(typeof(GroupedKernels).GetMethod("Visit")!)).ToString());
        Assert.Equal(
            "yes: runs as plain C# on 2 threads",
            device.Supports(KernelEntry.Read(typeof(ImplicitKernelTests.Kernels).GetMethod("Count")!)).ToString());
        Assert.Equal(
            "yes: runs as plain C# with one thread a work-item, for validation only",
            device.Supports(KernelEntry.Read(typeof(GroupedKernels).GetMethod("Visit")!)).ToString());
    }

    [Fact]
    public void Constructor_NoThreads_SaysWhatIsNeeded() =>
        Assert.Equal(
            "CpuDevice: ThreadCount 0 arrived, but at least 1 was needed. Leave it null for one thread a core.",
            Assert.Throws<DeviceException>(() => new CpuDevice(new CpuDeviceOptions { ThreadCount = 0 })).Message);

    [Fact]
    public void Constructor_ValidationThatTheProcessDoesNotHave_SaysHowToGetIt()
    {
        DeviceException exception = Assert.Throws<DeviceException>(
            () => new CpuDevice(new CpuDeviceOptions { Validate = !Validation.IsEnabled }));

        Assert.Contains("Start it with GPURNN_VALIDATE=", exception.Message);
    }

    [Fact]
    public void Dispose_OfADevice_StopsItsThreadsAndRefusesWork()
    {
        CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 2 });
        DeviceBuffer<int> buffer = device.Allocate<int>(4);
        LoadedKernel implicitKernel = device.Load(typeof(ImplicitKernelTests.Kernels).GetMethod("Count")!);
        LoadedKernel grouped = device.Load(typeof(GroupedKernels).GetMethod("CountInShared")!);
        grouped.Launch(device.DefaultStream, new KernelConfig(1, 4), buffer.View);
        device.Dispose();
        device.Dispose();

        Assert.Throws<ObjectDisposedException>(() => device.Allocate<int>(1));
        Assert.Throws<ObjectDisposedException>(() => device.Load(typeof(GroupedKernels).GetMethod("Visit")!));
        Assert.Throws<ObjectDisposedException>(() => implicitKernel.Launch(device.DefaultStream, 1, buffer.View));
        Assert.Throws<ObjectDisposedException>(() => grouped.Launch(device.DefaultStream, new KernelConfig(1, 4), buffer.View));
        int[] content = new int[4];
        buffer.CopyTo(content);
        Assert.Equal(4, content[0]);
        buffer.Dispose();
        Assert.Equal(0, device.AllocatedBytes);
    }

    [Fact]
    public void SupportAnswer_Default_IsNo()
    {
        Assert.False(default(SupportAnswer).IsSupported);
        Assert.Equal("no: nobody was asked", default(SupportAnswer).ToString());
        Assert.Equal(SupportAnswer.Yes("a"), SupportAnswer.Yes("a"));
        Assert.NotEqual(SupportAnswer.Yes("a"), SupportAnswer.No("a"));
    }
}
