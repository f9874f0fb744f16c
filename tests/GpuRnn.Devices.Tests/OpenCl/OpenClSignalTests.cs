using GpuRnn.Devices.OpenCl;
using GpuRnn.Testing;

namespace GpuRnn.Devices.Tests.OpenCl;

/// <summary>PoCL replaces the process's handler of arithmetic traps by one that goes on behind the instruction.</summary>
public sealed class OpenClSignalTests
{
    [OpenClFact]
    public void DivisionByZeroOnTheHost_AfterADriverWasOpened_Throws()
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        using DeviceBuffer<int> buffer = device.Allocate<int>(1);
        int[] zero = new int[1];
        buffer.CopyTo(zero);

        Assert.Throws<DivideByZeroException>(() => 1 / zero[0]);
    }
}
