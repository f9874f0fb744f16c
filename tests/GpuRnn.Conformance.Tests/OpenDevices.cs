using GpuRnn.Devices;

namespace GpuRnn.Conformance.Tests;

/// <summary>The devices that the tests of a class share, each opened when it is first asked for: opening and building kernels costs more than most cases.</summary>
public sealed class OpenDevices : IDisposable
{
    private readonly Dictionary<string, Device> _devices = [];

    /// <summary>Every device that is present.</summary>
    public static IReadOnlyList<ConformanceDevice> Present { get; } = ConformanceDevices.Present;

    /// <summary>Runs <paramref name="work"/> on a device; one that failed is not used again, so that a lost device fails one test.</summary>
    public void Use(string name, Action<Device> work)
    {
        if (!_devices.TryGetValue(name, out Device? device))
        {
            device = Present.First(one => one.Name == name).Open();
            _devices.Add(name, device);
        }

        try
        {
            work(device);
        }
        catch (DeviceException)
        {
            _devices.Remove(name);
            device.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (Device device in _devices.Values)
        {
            device.Dispose();
        }
    }
}
