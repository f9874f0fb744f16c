using GpuRnn.Devices.Cuda;
using GpuRnn.Testing;
using GpuRnn.Testing.CudaStandIn;

namespace GpuRnn.Devices.Tests.Drivers;

/// <summary>The devices behind drivers that this machine has, and the stand-in for CUDA's driver with and without a memory pool.</summary>
public static class DriverDevices
{
    private const string OpenCl = "opencl";
    private const string Cuda = "cuda";
    private const string StandIn = "cuda stand-in";
    private const string StandInWithoutPool = "cuda stand-in without pool";

    /// <summary>A test's rows: every device.</summary>
    public static TheoryData<string> Names => [.. Present];

    private static IEnumerable<string> Present
    {
        get
        {
            yield return StandIn;
            yield return StandInWithoutPool;
            if (OpenClTestDevice.UnavailableReason is null)
            {
                yield return OpenCl;
            }

            if (CudaTestDevice.UnavailableReason is null)
            {
                yield return Cuda;
            }
        }
    }

    /// <summary>A test's rows: every device with every number.</summary>
    public static TheoryData<string, int> NamesWith(int[] numbers)
    {
        TheoryData<string, int> rows = [];
        foreach (string name in Present)
        {
            Array.ForEach(numbers, number => rows.Add(name, number));
        }

        return rows;
    }

    internal static DriverTestDevice Open(string name) => name switch
    {
        OpenCl => new DriverTestDevice(
            OpenClTestDevice.Open(), OpenClTestDevice.Information.MaximumGroupSize, OpenClTestDevice.Information.LocalMemoryBytes, null),
        Cuda => OnCuda(CudaTestDevice.Information, null),
        _ => OnStandIn(new StandInSpecification { HasMemoryPools = name == StandIn }),
    };

    internal static DriverTestDevice OnStandIn(StandInSpecification specification)
    {
        StandInDriver driver = new(specification);
        return OnCuda(CudaDeviceInformation.List(driver, out _)[0], driver);
    }

    private static DriverTestDevice OnCuda(CudaDeviceInformation information, StandInDriver? driver) => new(
        new CudaDevice(information), information.MaximumGroupSize, information.MaximumSharedMemoryPerGroup, driver);
}
