using GpuRnn.Compiler.Frontend;
using GpuRnn.Compiler.Tests.Language;
using GpuRnn.Devices.OpenCl;
using GpuRnn.Testing;

namespace GpuRnn.Devices.Tests.OpenCl;

public sealed class OpenClLimitTests
{
    [OpenClFact]
    public void Allocate_MoreThanABufferMayHave_IsOutOfMemoryAndKeepsTheAccounts()
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        long bytes = OpenClTestDevice.Information.MaximumAllocationBytes + 1;

        OutOfDeviceMemoryException error = Assert.Throws<OutOfDeviceMemoryException>(() => device.Allocate<byte>(bytes));

        Assert.StartsWith($"{device.Id}.Allocate: {bytes} bytes were asked for, but a buffer of this device has at most {bytes - 1}.", error.Message);
        Assert.Equal(bytes, error.RequestedBytes);
        Assert.Equal((0L, 0), (device.AllocatedBytes, device.LiveBufferCount));
    }

    [OpenClFact]
    public void Supports_GroupsThatWait_SaysWhyNot()
    {
        using OpenClDevice device = OpenClTestDevice.Open();

        SupportAnswer answer = device.Supports(KernelEntry.Read(typeof(CooperativeKernels).GetMethod(nameof(CooperativeKernels.Rounds))!));

        Assert.Equal(
            "no: GK0025 CooperativeKernels.Rounds: the kernel is cooperative, but OpenCL 1.2 promises neither that waiting groups let others run nor an order of "
            + "memory between groups. Run the kernel on another device, or give each step a launch of its own.",
            answer.ToString());
    }
}
