using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Scheduling;

namespace GpuRnn.Tests.Scheduling;

/// <summary>The devices on which the schedules of devices with vectors are tried: the processor as plain C# and compiled, and OpenCL where there is a driver.</summary>
public sealed class FusedStepDevices : IDisposable
{
    private readonly Dictionary<string, Device> _devices = [];

    /// <summary>Opens a device on first use, with these schedules and their product.</summary>
    public Device Open(string name)
    {
        if (!_devices.TryGetValue(name, out Device? device))
        {
            _devices[name] = device = name switch
            {
                "plain" => OpenCpu(CpuKernelMode.Plain),
                "compiled" => OpenCpu(CpuKernelMode.Compiled),
                _ => DeviceCatalog.Open(name),
            };
        }

        return device;
    }

    public void Dispose()
    {
        foreach (Device device in _devices.Values)
        {
            device.Dispose();
        }
    }

    private static CpuDevice OpenCpu(CpuKernelMode mode)
    {
        CpuDevice device = new(new CpuDeviceOptions { KernelMode = mode, ThreadCount = 2 });
        PanelMatrixExecutor matrices = new(device);
        device.Register(matrices);
        device.Register(new FusedStepExecutor(device, matrices));
        device.Register(new UnitLoopExecutor(device, matrices));
        return device;
    }
}
