using GpuRnn.Devices;

namespace GpuRnn.Composition;

/// <summary>A device that this machine has or might have.</summary>
/// <param name="Id">What <c>--device</c> and <see cref="DeviceCatalog.Open"/> take.</param>
/// <param name="Name">The maker's name; empty where the device cannot be opened.</param>
/// <param name="Kind">The programming interface behind it.</param>
/// <param name="Answer">Whether it can be used, and why or why not.</param>
public sealed record DeviceEntry(string Id, string Name, DeviceKind Kind, SupportAnswer Answer);
