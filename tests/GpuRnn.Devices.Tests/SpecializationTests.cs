using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.OpenCl;
using GpuRnn.KernelModel;
using GpuRnn.Testing;

namespace GpuRnn.Devices.Tests;

/// <summary>Values that are built into compiled kernels.</summary>
public sealed class SpecializationTests
{
    [Theory]
    [InlineData(CpuKernelMode.Compiled)]
    [InlineData(CpuKernelMode.Plain)]
    public void Launch_OnTheCpu_UsesEachValue(CpuKernelMode mode)
    {
        using CpuDevice device = new(new CpuDeviceOptions { KernelMode = mode });

        RequirePowers(device);
    }

    [OpenClFact]
    public void Launch_OnOpenCl_UsesEachValue()
    {
        using OpenClDevice device = OpenClTestDevice.Open();

        RequirePowers(device);
    }

    [Fact]
    public void FifthValue_IsRefusedWithTheOthers()
    {
        using CpuDevice device = new(new CpuDeviceOptions { KernelMode = CpuKernelMode.Compiled });
        using DeviceBuffer<int> target = device.Allocate<int>(3);
        for (int exponent = 0; exponent < 4; exponent++)
        {
            Launch(device, target, exponent, false);
            Launch(device, target, exponent, false);
        }

        DeviceException refusal = Assert.Throws<DeviceException>(() => Launch(device, target, 4, false));

        Assert.Equal(
            "SpecializedKernels.Powers: exponent = 4, isNegative = False arrived after 4 other specialisations (exponent = 0, isNegative = False; "
            + "exponent = 1, isNegative = False; exponent = 2, isNegative = False; exponent = 3, isNegative = False), but a kernel is compiled for at "
            + "most 4. Take the value as a plain parameter instead of a SpecializedValue.",
            refusal.Message);
    }

    private static void RequirePowers(Device device)
    {
        using DeviceBuffer<int> target = device.Allocate<int>(3);
        foreach ((int exponent, bool isNegative, int[] expected) in new[] { (3, false, new[] { 8, 27, 64 }), (0, true, [-1, -1, -1]), (3, true, [-8, -27, -64]) })
        {
            Launch(device, target, exponent, isNegative);

            int[] got = new int[3];
            target.CopyTo(got);
            Assert.Equal(expected, got);
        }
    }

    private static void Launch(Device device, DeviceBuffer<int> target, int exponent, bool isNegative) =>
        device.Load(typeof(SpecializedKernels).GetMethod(nameof(SpecializedKernels.Powers))!).Launch(
            device.DefaultStream, new Index1D(3), target.View, new SpecializedValue<int>(exponent), new SpecializedValue<bool>(isNegative));
}
