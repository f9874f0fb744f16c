using GpuRnn.Testing.CudaStandIn;

namespace GpuRnn.Devices.Tests.Drivers;

/// <summary>An open device with its limits; at the end of a test the stand-in says which rules were broken and what was not given back.</summary>
internal sealed class DriverTestDevice(Device device, long maximumGroupSize, long maximumSharedBytes, StandInDriver? standIn) : IDisposable
{
    internal Device Device => device;

    internal long MaximumGroupSize => maximumGroupSize;

    internal long MaximumSharedBytes => maximumSharedBytes;

    internal StandInDriver? StandIn => standIn;

    /// <summary>Enough work-items to keep the device busy; the stand-in interprets each.</summary>
    internal int ManyItems => standIn is null ? 100_000 : 300;

    public void Dispose()
    {
        device.Dispose();
        if (standIn is not null)
        {
            Assert.Equal([], standIn.Leaks());
            Assert.Equal([], standIn.Problems);
        }
    }
}
