using GpuRnn.Devices.OpenCl;

namespace GpuRnn.Testing;

/// <summary>The OpenCL device that tests run on: the first that can be used.</summary>
public static class OpenClTestDevice
{
    private static readonly Lazy<(OpenClDeviceInformation? Device, string? Reason)> s_first = new(Find);
    private static readonly Lazy<OpenClDevice> s_shared = new(Open);

    /// <summary>Why no test can run, null when there is a device.</summary>
    public static string? UnavailableReason => s_first.Value.Reason;

    /// <summary>What the driver tells about the device.</summary>
    public static OpenClDeviceInformation Information => s_first.Value.Device ?? throw new InvalidOperationException(UnavailableReason);

    /// <summary>The device, open for as long as the process runs; for tests that neither lose nor dispose it.</summary>
    public static OpenClDevice Shared => s_shared.Value;

    /// <summary>Opens the device, owned by the caller.</summary>
    public static OpenClDevice Open() => new(Information);

    private static (OpenClDeviceInformation? Device, string? Reason) Find()
    {
        IReadOnlyList<OpenClDeviceInformation> devices = OpenClDeviceInformation.List(out string? absence);
        OpenClDeviceInformation? usable = devices.FirstOrDefault(device => device.Answer.IsSupported);
        string reason = absence ?? string.Join("; ", devices.Select(device => $"{device}: {device.Answer.Reason}"));
        return (usable, usable is null ? $"No OpenCL device: {reason}. Install one, for example the package pocl-opencl-icd." : null);
    }
}
