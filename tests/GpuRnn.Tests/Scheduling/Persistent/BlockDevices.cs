using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Persistent;
using GpuRnn.Scheduling.Persistent;

namespace GpuRnn.Tests.Scheduling.Persistent;

/// <summary>The devices on which schedules of one launch a pass are tried, with a division that the test names instead of the table's.</summary>
public sealed class BlockDevices : IDisposable
{
    private readonly Dictionary<string, Device> _devices = [];
    private BlockDivision? _division;

    /// <summary>Opens a device on first use, with both schedules.</summary>
    /// <param name="name"><c>plain</c>, <c>compiled</c> or a name of the catalogue.</param>
    public Device Open(string name)
    {
        if (!_devices.TryGetValue(name, out Device? device))
        {
            _devices[name] = device = name switch
            {
                "plain" => new CpuDevice(new CpuDeviceOptions { KernelMode = CpuKernelMode.Plain, ThreadCount = 2 }),
                "compiled" => new CpuDevice(new CpuDeviceOptions { KernelMode = CpuKernelMode.Compiled, ThreadCount = 2 }),
                _ => DeviceCatalog.Open(name),
            };
            IMatrixExecutor? matrices = device.MatrixExecutor;
            if (name is "plain" or "compiled")
            {
                device.Register(BlockSequenceExecutor.SingleBlock(device, matrices, _ => _division!));
                device.Register(BlockSequenceExecutor.Persistent(device, matrices, _ => _division!));
            }
        }

        return device;
    }

    /// <summary>Names the division of all loops that are planned from now on.</summary>
    public void Divide(IBlockShape forward, IBlockShape? backward, bool isSingle) =>
        _division = new BlockDivision(forward, backward, isSingle, "the test says so");

    public void Dispose()
    {
        foreach (Device device in _devices.Values)
        {
            device.Dispose();
        }
    }
}
