using System.Reflection;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Compiler.Ir;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Backends.Cpu.Interleaving;

/// <summary>A kernel compiled so that its work-items can stop before every access to global memory and at every barrier, to be run in any order.</summary>
/// <remarks>
/// For tests of kernels whose groups wait for each other: the order is drawn from a seed, and each group sees of the others' writes only what acquires
/// and releases promise. The same seed gives the same run. One launch at a time.
/// </remarks>
public sealed unsafe class InterleavedProgram
{
    private readonly IrFunction _function;
    private readonly RegionSplit _split;
    private readonly AccessHooks _hooks;
    private readonly CpuRegion?[] _regions;
    private readonly RegionMeeting[] _meetings;
    private readonly ArgumentPacker _packer;
    private readonly List<CpuWorkspace> _workspaces = [];

    private InterleavedLaunch? _launch;

    private InterleavedProgram(KernelEntry entry, Func<Type, MethodInfo?> unboxer, OrderFault? fault)
    {
        Entry = entry;
        Fault = fault;
        _function = KernelCompiler.CompileScalar(entry);
        _hooks = new AccessHooks(fault is null ? null : OrderFaults.Apply(_function, fault));
        _split = new RegionSplit(_function, isInterleaved: true);
        _regions = new CpuRegion?[_split.Regions.Count];
        _meetings = [.. _split.Regions.Select(region =>
            region.WaitsForGroup ? RegionMeeting.Group : region.Number == 0 || region.BeginsWithAccess ? RegionMeeting.None : RegionMeeting.Warp)];
        _packer = ArgumentPackers.Emit(entry, unboxer);
    }

    /// <summary>The kernel.</summary>
    public KernelEntry Entry { get; }

    /// <summary>Where the kernel was spoilt; null for nowhere.</summary>
    public OrderFault? Fault { get; }

    /// <summary>The numbers that <see cref="Pack"/> writes.</summary>
    public int LeafCount => _function.Parameters.Count;

    /// <summary>The group and the work-item that ran last.</summary>
    public (Index3D Group, Index3D Item) Position => _launch is null
        ? (default, default)
        : (_workspaces[_launch.Group].GroupPosition, _workspaces[_launch.Group].Position);

    /// <summary>Compiles a kernel that groups run.</summary>
    /// <param name="entry">A kernel without an index parameter.</param>
    /// <param name="unboxer">The static method that turns a boxed argument into a parameter's type; null when unboxing does.</param>
    /// <param name="fault">Spoils the kernel's order in one place, to see what notices; null to compile it as it is.</param>
    /// <exception cref="KernelNotSupportedException">The kernel breaks a rule of the kernel language.</exception>
    public static InterleavedProgram Compile(KernelEntry entry, Func<Type, MethodInfo?> unboxer, OrderFault? fault = null)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(unboxer);
        return new InterleavedProgram(entry, unboxer, fault);
    }

    /// <summary>Every single fault that the order of a kernel has room for.</summary>
    /// <exception cref="KernelNotSupportedException">The kernel breaks a rule of the kernel language.</exception>
    public static IReadOnlyList<OrderFault> FaultsOf(KernelEntry entry) => [.. OrderFaults.Of(KernelCompiler.CompileScalar(entry))];

    /// <summary>Takes boxed arguments apart; whoever launches keeps their memory alive until the kernel has ended.</summary>
    /// <param name="arguments">A value for each parameter.</param>
    /// <param name="target">Room for <see cref="LeafCount"/> numbers.</param>
    public void Pack(object[] arguments, Span<long> target)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, LeafCount);
        fixed (long* first = target)
        {
            _packer(arguments, first);
        }
    }

    /// <summary>Runs all groups of a launch, interleaved as the seed says.</summary>
    /// <param name="leaves">The packed arguments.</param>
    /// <param name="config">The launch.</param>
    /// <param name="seed">Decides who runs when and what each group sees of the others.</param>
    /// <exception cref="GroupDeadlockException">All work-items wait for each other.</exception>
    /// <exception cref="InvalidOperationException">Work-items of a group reached different barriers.</exception>
    /// <exception cref="IndexOutOfRangeException">An access outside the views.</exception>
    public void Run(ReadOnlySpan<long> leaves, KernelConfig config, int seed)
    {
        int groups = config.GridDim.Size;
        Prepare(config, groups);
        using GroupViews views = new(_function, leaves, groups);
        fixed (long* arguments = leaves)
        {
            _launch = new InterleavedLaunch(this, config, [.. _workspaces.Take(groups)], views, seed);
            _launch.Run(arguments);
        }
    }

    internal CpuRegion Region(int number) =>
        _regions[number] ??= RegionMethod.Compile(_function, _split, _split.Regions[number], null, _hooks);

    internal RegionMeeting MeetingBefore(int region) => _meetings[region];

    private void Prepare(KernelConfig config, int groups)
    {
        Index3D grid = config.GridDim;
        for (int group = 0; group < groups; group++)
        {
            if (group == _workspaces.Count)
            {
                _workspaces.Add(new CpuWorkspace());
            }

            CpuWorkspace workspace = _workspaces[group];
            workspace.Reserve(_split, config.GroupDim.Size, config.SharedMemoryConfig.ArraySize);
            workspace.MakeUndefined();
            CpuFrame* frame = workspace.Frame;
            frame->RowWidth = 0;
            (frame->GroupExtentX, frame->GroupExtentY, frame->GroupExtentZ) = (config.GroupDim.X, config.GroupDim.Y, config.GroupDim.Z);
            (frame->GridExtentX, frame->GridExtentY, frame->GridExtentZ) = (grid.X, grid.Y, grid.Z);
            (frame->GridIndexX, frame->GridIndexY, frame->GridIndexZ) = (group % grid.X, group / grid.X % grid.Y, group / grid.X / grid.Y);
        }
    }
}
