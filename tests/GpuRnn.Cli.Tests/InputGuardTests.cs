using GpuRnn.Devices;

namespace GpuRnn.Cli.Tests;

public sealed class InputGuardTests
{
    [Fact]
    public void Run_DeviceRefuses_IsTheUsersMistake() =>
        Assert.Throws<InputException>(() => InputGuard.Run<int>(() => throw new OutOfDeviceMemoryException("cpu.Allocate: too much.", 1)));

    [Fact]
    public void Run_DriverFails_IsNotTheUsersMistake()
    {
        Assert.Throws<DeviceLostException>(
            () => InputGuard.Run<int>(() => throw new DeviceLostException("opencl:0.clFinish: lost.", "clFinish", -36, "opencl:0", null)));
        Assert.Throws<KernelBuildException>(
            () => InputGuard.Run<int>(() => throw new KernelBuildException("opencl:0.Load: refused.", "Scale.Forward", "log", "text", 3)));
    }
}
