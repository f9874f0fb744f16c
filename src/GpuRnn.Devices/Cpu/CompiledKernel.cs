using GpuRnn.Compiler.Backends.Cpu;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Cpu;

/// <summary>A kernel as compiled loops on the device's worker threads.</summary>
internal sealed class CompiledKernel : LoadedKernel
{
    private readonly CpuDevice _device;
    private readonly CompiledWork _work;
    private readonly CooperativeWork? _together;

    internal CompiledKernel(CpuDevice device, CpuProgram program)
        : base(device, program.Entry)
    {
        _device = device;
        _work = new CompiledWork(program, device.Team.WorkerCount);
        _together = program.Entry.IsCooperative ? new CooperativeWork(program) : null;
    }

    /// <inheritdoc/>
    public override ResidentGroups MaxResidentGroups(int groupSize, int dynamicSharedBytes = 0) =>
        new(CooperativeWork.MaximumGroups, $"each group of a cooperative kernel is a thread, of which there are at most {CooperativeWork.MaximumGroups}");

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
            if (_together is not null)
            {
                _together.Run(_device.GroupThreads, config, arguments);
            }
            else
            {
                _work.RunGroups(_device.Team, config, arguments);
            }
        }
    }
}
