using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Scheduling;
using GpuRnn.Simd;

namespace GpuRnn.Composition;

/// <summary>The devices of this machine by the names that <c>--device</c> takes, each with everything that makes it fast.</summary>
/// <remarks>The only place that names a backend: it registers the fast executors first, and the one that runs everything last.</remarks>
public static class DeviceCatalog
{
    /// <summary>The name that means the fastest device there is, unless <see cref="Variable"/> names one.</summary>
    public const string Auto = "auto";

    /// <summary>The environment variable that names the device which <see cref="Auto"/> means.</summary>
    public const string Variable = "GPURNN_DEVICE";

    private static readonly Dictionary<string, Func<int?, Device>> s_makers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["cpu"] = OpenCpu,
    };

    /// <summary>The names of the devices that can be opened, the fastest first.</summary>
    public static IReadOnlyList<string> Ids => [.. s_makers.Keys];

    /// <summary>Lists every device with the reason why it can or cannot be used, the fastest first.</summary>
    /// <remarks>Opens each device for a moment to learn its name.</remarks>
    public static IReadOnlyList<DeviceEntry> List()
    {
        List<DeviceEntry> entries = [];
        foreach (string id in s_makers.Keys)
        {
            using Device device = Open(id);
            string schedules = string.Join(", ", device.SequenceExecutors.Select(executor => executor.Name));
            entries.Add(new DeviceEntry(device.Id, device.Name, device.Kind, SupportAnswer.Yes($"schedules {schedules}")));
        }

        entries.Add(new DeviceEntry("opencl", string.Empty, DeviceKind.OpenCl, SupportAnswer.No("this version has no OpenCL backend")));
        entries.Add(new DeviceEntry("cuda", string.Empty, DeviceKind.Cuda, SupportAnswer.No("this version has no CUDA backend")));
        return entries;
    }

    /// <summary>Opens a device, owned by the caller, with its executors registered.</summary>
    /// <param name="id"><see cref="Auto"/> or one of <see cref="Ids"/>; letter case does not matter.</param>
    /// <param name="threadCount">Threads of the CPU device; null for one a core.</param>
    /// <exception cref="DeviceException">There is no such device; the message lists what there is.</exception>
    public static Device Open(string id, int? threadCount = null)
    {
        ArgumentNullException.ThrowIfNull(id);
        string origin = "DeviceCatalog.Open";
        if (id.Equals(Auto, StringComparison.OrdinalIgnoreCase))
        {
            string? named = Environment.GetEnvironmentVariable(Variable);
            origin = string.IsNullOrEmpty(named) ? origin : Variable;
            id = string.IsNullOrEmpty(named) || named.Equals(Auto, StringComparison.OrdinalIgnoreCase) ? Ids[0] : named;
        }

        return s_makers.TryGetValue(id, out Func<int?, Device>? maker)
            ? maker(threadCount)
            : throw new DeviceException(
                $"{origin}: device \"{id}\" arrived, but this machine has {string.Join(", ", Ids)}. Pass one of these, or {Auto}.");
    }

    private static CpuDevice OpenCpu(int? threadCount)
    {
        CpuDevice device = new(new CpuDeviceOptions { ThreadCount = threadCount });
        SimdExecutors.Register(device);
        device.Register(new StepwiseSequenceExecutor(device));
        return device;
    }
}
