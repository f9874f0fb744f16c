using GpuRnn.Devices.Cpu;

namespace GpuRnn.Devices;

/// <summary>The devices of this machine by the names that <c>--device</c> takes.</summary>
public static class DeviceCatalog
{
    /// <summary>The name that means the fastest device there is.</summary>
    public const string Auto = "auto";

    private const string Cpu = "cpu";

    /// <summary>The names of the devices that can be opened, the fastest first.</summary>
    public static IReadOnlyList<string> Ids { get; } = [Cpu];

    /// <summary>Opens a device, owned by the caller.</summary>
    /// <param name="id"><see cref="Auto"/> or one of <see cref="Ids"/>; case does not matter.</param>
    /// <exception cref="DeviceException">There is no such device.</exception>
    public static Device Open(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (id.Equals(Auto, StringComparison.OrdinalIgnoreCase) || id.Equals(Cpu, StringComparison.OrdinalIgnoreCase))
        {
            return new CpuDevice();
        }

        throw new DeviceException(
            $"--device: '{id}' arrived, but this machine has {string.Join(", ", Ids)}. Pass one of these, or {Auto}.");
    }
}
