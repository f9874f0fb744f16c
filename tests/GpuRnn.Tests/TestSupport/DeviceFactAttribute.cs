using GpuRnn.Composition;

namespace GpuRnn.Tests.TestSupport;

/// <summary>A test on one device; skipped with the catalogue's own reason where that device cannot be used.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DeviceFactAttribute : FactAttribute
{
    /// <summary>Asks the catalogue.</summary>
    /// <param name="id">The device as <see cref="DeviceCatalog.Open"/> takes it.</param>
    public DeviceFactAttribute(string id)
    {
        DeviceEntry? entry = DeviceCatalog.List().FirstOrDefault(entry => entry.Id == id);
        Skip = entry is null ? $"{id}: the catalogue lists no such device" : entry.Answer.IsSupported ? null : $"{id}: {entry.Answer.Reason}";
    }
}
