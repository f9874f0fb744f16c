using GpuRnn.Devices;

namespace GpuRnn.Scheduling;

/// <summary>Whether a device computes with vectors inside one thread, and how wide they are.</summary>
internal static class DeviceTiles
{
    private const int FloatBits = 32;

    /// <summary>Numbers of the device's vector: 16, 8 or 4; 1 for a device whose threads hold one number each.</summary>
    public static int Lanes(Device device) => (device.Profile.VectorBits / FloatBits) switch
    {
        >= 16 => 16,
        >= 8 => 8,
        >= 4 => 4,
        _ => 1,
    };
}
