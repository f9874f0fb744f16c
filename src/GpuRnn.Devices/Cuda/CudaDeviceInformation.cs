using System.Globalization;
using System.Text;
using GpuRnn.Devices.Cuda.Native;

namespace GpuRnn.Devices.Cuda;

/// <summary>What the driver tells about one CUDA device, and whether it can be used.</summary>
public sealed unsafe class CudaDeviceInformation
{
    private const int OldestMajor = 7;
    private const int NameBytes = 256;

    private CudaDeviceInformation(CudaDriver driver, int index, int handle, int driverVersion)
    {
        Driver = driver;
        Handle = handle;
        DriverVersion = driverVersion;
        Id = $"cuda:{index}";
        Name = ReadName();
        nuint bytes = 0;
        MemoryBytes = driver.cuDeviceTotalMem_v2(&bytes, handle) == CudaCode.Success ? (long)bytes : 0;
        CapabilityMajor = Attribute(CudaConstants.CapabilityMajor);
        CapabilityMinor = Attribute(CudaConstants.CapabilityMinor);
        MultiprocessorCount = Attribute(CudaConstants.MultiprocessorCount);
        RegistersPerMultiprocessor = Attribute(CudaConstants.MaximumRegistersPerMultiprocessor);
        RegistersPerGroup = Attribute(CudaConstants.MaximumRegistersPerBlock);
        SharedMemoryPerMultiprocessor = Attribute(CudaConstants.MaximumSharedMemoryPerMultiprocessor);
        SharedMemoryPerGroup = Attribute(CudaConstants.MaximumSharedMemoryPerBlock);
        MaximumSharedMemoryPerGroup = Math.Max(SharedMemoryPerGroup, Attribute(CudaConstants.MaximumSharedMemoryPerBlockOptIn));
        L2Bytes = Attribute(CudaConstants.L2CacheBytes);
        MaximumGroupSize = Attribute(CudaConstants.MaximumThreadsPerBlock);
        MaximumGroupExtents =
            [Attribute(CudaConstants.MaximumBlockX), Attribute(CudaConstants.MaximumBlockY), Attribute(CudaConstants.MaximumBlockZ)];
        MaximumGridExtents = [Attribute(CudaConstants.MaximumGridX), Attribute(CudaConstants.MaximumGridY), Attribute(CudaConstants.MaximumGridZ)];
        WorkItemsPerMultiprocessor = Attribute(CudaConstants.MaximumThreadsPerMultiprocessor);
        ClockKilohertz = Attribute(CudaConstants.ClockRateInKilohertz);
        MemoryClockKilohertz = Attribute(CudaConstants.MemoryClockRateInKilohertz);
        MemoryBusBits = Attribute(CudaConstants.MemoryBusWidthInBits);
        HasCooperativeLaunch = Attribute(CudaConstants.CooperativeLaunch) != 0;
        HasMemoryPools = Attribute(CudaConstants.MemoryPoolsSupported) != 0;
        Answer = Judge();
    }

    /// <summary>What <c>--device</c> calls it: <c>cuda:</c> and the driver's number.</summary>
    public string Id { get; }

    /// <summary>The maker's name for it.</summary>
    public string Name { get; }

    /// <summary>The first part of the compute capability, for example 9 of an H100.</summary>
    public int CapabilityMajor { get; }

    /// <summary>The second part of the compute capability.</summary>
    public int CapabilityMinor { get; }

    /// <summary>The newest CUDA that the driver knows, for example 12060 for 12.6.</summary>
    public int DriverVersion { get; }

    /// <summary>Memory of the device.</summary>
    public long MemoryBytes { get; }

    /// <summary>Multiprocessors.</summary>
    public int MultiprocessorCount { get; }

    /// <summary>Registers of 32 bits of one multiprocessor.</summary>
    public int RegistersPerMultiprocessor { get; }

    /// <summary>Registers of 32 bits that one group may have.</summary>
    public int RegistersPerGroup { get; }

    /// <summary>Shared memory of one multiprocessor, in bytes.</summary>
    public int SharedMemoryPerMultiprocessor { get; }

    /// <summary>Shared memory that a group may have without asking for more, in bytes.</summary>
    public int SharedMemoryPerGroup { get; }

    /// <summary>Shared memory that a group may ask for, in bytes.</summary>
    public int MaximumSharedMemoryPerGroup { get; }

    /// <summary>The cache that all multiprocessors share, in bytes.</summary>
    public int L2Bytes { get; }

    /// <summary>Work-items of a group at most.</summary>
    public int MaximumGroupSize { get; }

    /// <summary>Work-items of a group at most along each of three axes.</summary>
    public IReadOnlyList<int> MaximumGroupExtents { get; }

    /// <summary>Groups of a launch at most along each of three axes.</summary>
    public IReadOnlyList<int> MaximumGridExtents { get; }

    /// <summary>Work-items that may reside on one multiprocessor.</summary>
    public int WorkItemsPerMultiprocessor { get; }

    /// <summary>The multiprocessors' highest clock, in kHz; 0 when the driver does not say.</summary>
    public int ClockKilohertz { get; }

    /// <summary>The memory's clock, in kHz; 0 when the driver does not say.</summary>
    public int MemoryClockKilohertz { get; }

    /// <summary>The width of the memory's bus, in bits; 0 when the driver does not say.</summary>
    public int MemoryBusBits { get; }

    /// <summary>True when a launch can have all its groups run at once.</summary>
    public bool HasCooperativeLaunch { get; }

    /// <summary>True when the driver keeps pools of memory.</summary>
    public bool HasMemoryPools { get; }

    /// <summary>Whether it can be used, and why or why not.</summary>
    public SupportAnswer Answer { get; }

    internal CudaDriver Driver { get; }

    internal int Handle { get; }

    /// <summary>Asks the driver for its devices; <paramref name="absence"/> says why there are none, and is null when there are some.</summary>
    /// <remarks>Does not throw: a machine without a driver has no devices.</remarks>
    public static IReadOnlyList<CudaDeviceInformation> List(out string? absence) =>
        CudaLibrary.OfProcess(out absence) is CudaDriver driver ? List(driver, out absence) : [];

    internal static IReadOnlyList<CudaDeviceInformation> List(CudaDriver driver, out string? absence)
    {
        int version = 0;
        int count = 0;
        int code = driver.cuInit(0);
        absence = code == CudaCode.NoDevice ? "the driver is there, but finds no GPU"
            : code != CudaCode.Success ? $"the driver does not start: cuInit gave {CudaFailure.NameOf(driver, code)}"
            : (code = driver.cuDriverGetVersion(&version)) != CudaCode.Success ? $"cuDriverGetVersion gave {CudaFailure.NameOf(driver, code)}"
            : version < CudaConstants.OldestDriver ? $"the driver knows CUDA {VersionText(version)}, but {CudaConstants.OldestDriverText} is needed"
            : (code = driver.cuDeviceGetCount(&count)) != CudaCode.Success ? $"cuDeviceGetCount gave {CudaFailure.NameOf(driver, code)}"
            : count == 0 ? "the driver is there, but finds no GPU"
            : null;
        if (absence is not null)
        {
            return [];
        }

        List<CudaDeviceInformation> devices = [];
        for (int i = 0; i < count; i++)
        {
            int handle = 0;
            code = driver.cuDeviceGet(&handle, i);
            if (code != CudaCode.Success)
            {
                absence = $"cuDeviceGet gave {CudaFailure.NameOf(driver, code)}";
                return [];
            }

            devices.Add(new CudaDeviceInformation(driver, i, handle, version));
        }

        return devices;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Id} ({Name})";

    /// <summary>A version as people write it: 12060 is 12.6.</summary>
    internal static string VersionText(int version) => string.Create(CultureInfo.InvariantCulture, $"{version / 1000}.{version % 1000 / 10}");

    private string ReadName()
    {
        byte* name = stackalloc byte[NameBytes];
        return Driver.cuDeviceGetName(name, NameBytes, Handle) == CudaCode.Success ? CudaFailure.Text(name) : "unnamed";
    }

    // What a launch is held against.
    private IEnumerable<int> Limits =>
        [MultiprocessorCount, MaximumGroupSize, MaximumSharedMemoryPerGroup, .. MaximumGroupExtents, .. MaximumGridExtents];

    // What the driver does not answer is 0.
    private int Attribute(int attribute)
    {
        int value = 0;
        return Driver.cuDeviceGetAttribute(&value, attribute, Handle) == CudaCode.Success ? value : 0;
    }

    private SupportAnswer Judge()
    {
        string capability = $"compute capability {CapabilityMajor}.{CapabilityMinor}";
        string? obstacle =
            Driver.Loss is DeviceLostException loss ? $"CUDA was lost in this process ({loss.Call} on {loss.DeviceId}); restart the process"
            : CapabilityMajor < OldestMajor ? $"it has {capability}, but {OldestMajor}.0 is needed"
            : Attribute(CudaConstants.ComputeMode) == CudaConstants.ComputeProhibited ? "its compute mode prohibits contexts; change it with nvidia-smi -c"
            : Limits.Any(limit => limit <= 0) ? "the driver does not tell its limits; update the driver"
            : null;
        return obstacle is null
            ? SupportAnswer.Yes($"GPU of {capability}, driver for CUDA {VersionText(DriverVersion)}")
            : SupportAnswer.No(obstacle);
    }
}
