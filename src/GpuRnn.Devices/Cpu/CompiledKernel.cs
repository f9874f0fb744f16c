using GpuRnn.Compiler.Backends.Cpu;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Cpu;

/// <summary>A kernel as compiled loops on the device's worker threads.</summary>
internal sealed class CompiledKernel : LoadedKernel
{
    private readonly CpuDevice _device;
    private readonly CompiledWork _work;

    internal CompiledKernel(CpuDevice device, CpuProgram program)
        : base(device, program.Entry)
    {
        _device = device;
        _work = new CompiledWork(program, device.Team.WorkerCount);
    }

    /// <inheritdoc/>
    protected override void LaunchImplicit(DeviceStream stream, Index3D extent, object[] arguments)
    {
        lock (_work)
        {
            _work.RunIndices(_device.Team, extent, arguments);
        }
    }

    /// <inheritdoc/>
    protected override void LaunchGrouped(DeviceStream stream, KernelConfig config, object[] arguments)
    {
        WorkItemCrew.RequireGroupSize(Entry, config);
        lock (_work)
        {
            _work.RunGroups(_device.Team, config, arguments);
        }
    }
}
