using GpuRnn.Devices.Native;
using GpuRnn.Devices.OpenCl.Native;

namespace GpuRnn.Devices.OpenCl;

/// <summary>What a driver tells about one OpenCL device, and whether it can be used.</summary>
public sealed class OpenClDeviceInformation
{
    private OpenClDeviceInformation(int index, nint platform, nint device)
    {
        Platform = platform;
        Handle = device;
        Id = $"opencl:{index}";
        PlatformName = OpenClQuery.PlatformText(platform, OpenClConstants.PlatformName);
        PlatformVersion = OpenClQuery.PlatformText(platform, OpenClConstants.PlatformVersion);
        Name = OpenClQuery.DeviceText(device, OpenClConstants.DeviceName);
        Vendor = OpenClQuery.DeviceText(device, OpenClConstants.DeviceVendor);
        Version = OpenClQuery.DeviceText(device, OpenClConstants.DeviceVersion);
        DriverVersion = OpenClQuery.DeviceText(device, OpenClConstants.DeviceDriverVersion);
        Type = TypeOf(Number(OpenClConstants.DeviceType));
        ComputeUnitCount = (int)Number(OpenClConstants.DeviceComputeUnits);
        FloatVectorWidth = (int)Number(OpenClConstants.DeviceFloatVectorWidth);
        MemoryBytes = (long)Number(OpenClConstants.DeviceMemoryBytes);
        MaximumAllocationBytes = (long)Number(OpenClConstants.DeviceAllocationBytes);
        LocalMemoryBytes = (long)Number(OpenClConstants.DeviceLocalMemoryBytes);
        CacheBytes = (long)Number(OpenClConstants.DeviceCacheBytes);
        MaximumGroupSize = (long)Number(OpenClConstants.DeviceGroupSize);
        MaximumGroupExtents = OpenClQuery.DeviceGroupExtents(device);
        Extensions = OpenClQuery.DeviceText(device, OpenClConstants.DeviceExtensions).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        HasCorrectlyRoundedDivision =
            (Number(OpenClConstants.DeviceSingleConfiguration) & OpenClConstants.CorrectlyRoundedDivision) != 0;
        Answer = Judge();
    }

    /// <summary>What <c>--device</c> calls it: <c>opencl:</c> and its number among all devices of all platforms.</summary>
    public string Id { get; }

    /// <summary>The driver's name.</summary>
    public string PlatformName { get; }

    /// <summary>The driver's version of OpenCL, with words of its own.</summary>
    public string PlatformVersion { get; }

    /// <summary>The maker's name for the device.</summary>
    public string Name { get; }

    /// <summary>The maker.</summary>
    public string Vendor { get; }

    /// <summary>The device's version of OpenCL, with words of the driver.</summary>
    public string Version { get; }

    /// <summary>The driver's own version.</summary>
    public string DriverVersion { get; }

    /// <summary>What the driver says it is.</summary>
    public OpenClDeviceType Type { get; }

    /// <summary>Cores or multiprocessors.</summary>
    public int ComputeUnitCount { get; }

    /// <summary>Floats in the device's own vectors; 1 where each work-item is scalar.</summary>
    public int FloatVectorWidth { get; }

    /// <summary>Memory of the device.</summary>
    public long MemoryBytes { get; }

    /// <summary>The largest buffer.</summary>
    public long MaximumAllocationBytes { get; }

    /// <summary>Shared memory of one group.</summary>
    public long LocalMemoryBytes { get; }

    /// <summary>The cache that all of the device shares; 0 when the driver does not say.</summary>
    public long CacheBytes { get; }

    /// <summary>Work-items of a group at most.</summary>
    public long MaximumGroupSize { get; }

    /// <summary>Work-items of a group at most along each of three axes.</summary>
    public IReadOnlyList<long> MaximumGroupExtents { get; }

    /// <summary>What it offers beyond the core, by the names that the Khronos registry gives.</summary>
    public IReadOnlyList<string> Extensions { get; }

    /// <summary>True when 32-bit division and square root can be had with IEEE 754's rounding.</summary>
    public bool HasCorrectlyRoundedDivision { get; }

    /// <summary>Whether it can be used, and why or why not.</summary>
    public SupportAnswer Answer { get; }

    internal nint Platform { get; }

    internal nint Handle { get; }

    /// <summary>Asks all platforms for their devices; <paramref name="absence"/> says why there are none, and is null when there are some.</summary>
    /// <remarks>Does not throw: a machine without a driver has no devices.</remarks>
    public static IReadOnlyList<OpenClDeviceInformation> List(out string? absence)
    {
        absence = DriverLibrary.AbsenceOf(DriverLibrary.OpenCl);
        if (absence is not null)
        {
            return [];
        }

        IReadOnlyList<nint> platforms = SignalHandler.Keep(OpenClQuery.Platforms);
        List<OpenClDeviceInformation> devices = [];
        foreach (nint platform in platforms)
        {
            foreach (nint device in SignalHandler.Keep(() => OpenClQuery.Devices(platform)))
            {
                devices.Add(new OpenClDeviceInformation(devices.Count, platform, device));
            }
        }

        absence = devices.Count > 0 ? null
            : platforms.Count == 0 ? "the OpenCL loader is there, but no driver is registered with it"
            : $"{string.Join(", ", platforms.Select(one => OpenClQuery.PlatformText(one, OpenClConstants.PlatformName)))} has no device";
        return devices;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Id} ({Name})";

    private static OpenClDeviceType TypeOf(ulong type) =>
        (type & OpenClConstants.GpuType) != 0 ? OpenClDeviceType.Gpu
        : (type & OpenClConstants.AcceleratorType) != 0 ? OpenClDeviceType.Accelerator
        : (type & OpenClConstants.CpuType) != 0 ? OpenClDeviceType.Cpu
        : OpenClDeviceType.Other;

    private ulong Number(uint what) => OpenClQuery.DeviceNumber(Handle, what);

    private SupportAnswer Judge()
    {
        string profile = OpenClQuery.DeviceText(Handle, OpenClConstants.DeviceProfile);
        string? obstacle =
            Number(OpenClConstants.DeviceIsAvailable) == 0 ? "the driver says that it is not available"
            : Number(OpenClConstants.DeviceHasCompiler) == 0 ? "the driver has no compiler for OpenCL C"
            : Number(OpenClConstants.DeviceIsLittleEndian) == 0 ? "its numbers are big-endian, but buffers are copied as they are"
            : profile != "FULL_PROFILE" ? $"it has the profile {profile}, but 64-bit integers need FULL_PROFILE"
            : !IsVersionEnough(Version) ? $"it has {Version}, but OpenCL 1.2 is needed"
            : null;
        return obstacle is null
            ? SupportAnswer.Yes($"{Type.ToString().ToUpperInvariant()} by {Vendor}, {Version}")
            : SupportAnswer.No(obstacle);
    }

    // "OpenCL 1.2 with the maker's words behind".
    internal static bool IsVersionEnough(string version)
    {
        string[] words = version.Split(' ');
        return words.Length > 1 && System.Version.TryParse(words[1], out Version? number) && number >= new Version(1, 2);
    }
}
