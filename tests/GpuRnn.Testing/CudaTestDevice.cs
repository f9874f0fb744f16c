using GpuRnn.Devices.Cuda;

namespace GpuRnn.Testing;

/// <summary>The CUDA device that tests run on: the first that can be used.</summary>
public static class CudaTestDevice
{
    private static readonly Lazy<(CudaDeviceInformation? Device, string? Reason)> s_first = new(Find);

    /// <summary>Why no test can run, null when there is a device.</summary>
    public static string? UnavailableReason => s_first.Value.Reason;

    /// <summary>What the driver tells about the device.</summary>
    public static CudaDeviceInformation Information => s_first.Value.Device ?? throw new InvalidOperationException(UnavailableReason);

    /// <summary>Opens the device, owned by the caller.</summary>
    public static CudaDevice Open() => new(Information);

    private static (CudaDeviceInformation? Device, string? Reason) Find()
    {
        IReadOnlyList<CudaDeviceInformation> devices = CudaDeviceInformation.List(out string? absence);
        CudaDeviceInformation? usable = devices.FirstOrDefault(device => device.Answer.IsSupported);
        string reason = absence ?? string.Join("; ", devices.Select(device => $"{device}: {device.Answer.Reason}"));
        return (usable, usable is null ? $"No CUDA device: {reason}. Run the tests on a machine with an NVIDIA GPU and its driver." : null);
    }
}
