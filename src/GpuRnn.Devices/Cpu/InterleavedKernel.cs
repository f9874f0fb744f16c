using GpuRnn.Compiler.Backends.Cpu.Interleaving;
using GpuRnn.Compiler.Frontend;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Cpu;

/// <summary>A kernel whose groups take turns on the calling thread, as an <see cref="AdversarialSchedule"/> says.</summary>
internal sealed class InterleavedKernel : LoadedKernel
{
    private readonly AdversarialSchedule _schedule;
    private readonly InterleavedProgram _program;
    private readonly long[] _leaves;
    private InterleavedProgram? _spoilt;

    internal InterleavedKernel(CpuDevice device, KernelEntry entry, AdversarialSchedule schedule)
        : base(device, entry)
    {
        _schedule = schedule;
        _program = InterleavedProgram.Compile(entry, KernelArguments.UnboxerOf);
        _leaves = new long[_program.LeafCount];
    }

    /// <inheritdoc/>
    public override ResidentGroups MaxResidentGroups(int groupSize, int dynamicSharedBytes = 0) =>
        new(CooperativeWork.MaximumGroups, $"groups that take turns are at most {CooperativeWork.MaximumGroups}");

    /// <inheritdoc/>
    protected override void LaunchImplicit(DeviceStream stream, Index3D extent, object[] arguments) =>
        throw new InvalidOperationException($"{Entry.Name}: a cooperative kernel has no index, so this launch cannot have been let through.");

    /// <inheritdoc/>
    protected override void LaunchGrouped(DeviceStream stream, KernelConfig config, object[] arguments)
    {
        WorkItemCrew.RequireGroupSize(Entry, config);
        lock (_program)
        {
            InterleavedProgram program = Current();
            program.Pack(arguments, _leaves);
            try
            {
                program.Run(_leaves, config, _schedule.Seed);
            }
            catch (Exception exception) when (exception is not GroupDeadlockException)
            {
                (Index3D group, Index3D item) = program.Position;
                throw new KernelExecutionException(Entry.Name, $"group {group}, work-item {item} with seed {_schedule.Seed}", exception);
            }

            // Compiled code knows addresses alone; the views keep their buffers.
            GC.KeepAlive(arguments);
        }
    }

    private InterleavedProgram Current()
    {
        if (!_schedule.Kernels.Contains(Entry))
        {
            _schedule.Kernels.Add(Entry);
        }

        if (_schedule.Fault is not (KernelEntry kernel, OrderFault fault) || kernel != Entry)
        {
            return _program;
        }

        if (_spoilt?.Fault != fault)
        {
            _spoilt = InterleavedProgram.Compile(Entry, KernelArguments.UnboxerOf, fault);
        }

        return _spoilt;
    }
}
