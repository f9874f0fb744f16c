using GpuRnn.Compiler.Frontend;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Cpu;

/// <summary>A kernel as plain C# on the device's worker threads.</summary>
internal sealed class CpuKernel : LoadedKernel
{
    private readonly CpuDevice _device;
    private readonly ImplicitChunk? _chunk;
    private readonly GroupedCall? _workItem;
    private readonly ImplicitWork? _work;

    internal CpuKernel(CpuDevice device, KernelEntry entry)
        : base(device, entry)
    {
        _device = device;
        if (entry.Grouping == KernelGrouping.Implicit)
        {
            _chunk = KernelTrampoline.EmitImplicit(entry);
            _work = new ImplicitWork(entry, _chunk);
        }
        else
        {
            _workItem = KernelTrampoline.EmitGrouped(entry);
        }
    }

    /// <inheritdoc/>
    public override ResidentGroups MaxResidentGroups(int groupSize, int dynamicSharedBytes = 0) => WorkItemCrew.MaxResidentGroups(groupSize);

    /// <inheritdoc/>
    protected override void LaunchImplicit(DeviceStream stream, Index3D extent, object[] arguments)
    {
        lock (_work!)
        {
            _work.Run(_device.Team, extent, arguments);
        }
    }

    /// <inheritdoc/>
    protected override void LaunchGrouped(DeviceStream stream, KernelConfig config, object[] arguments) =>
        _device.Crew.Run(Entry, config, _workItem!, arguments);
}
