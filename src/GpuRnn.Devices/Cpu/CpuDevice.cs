using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using GpuRnn.Compiler.Backends.Cpu;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Frontend;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Cpu;

/// <summary>The processor that runs this process; kernels run on it compiled, or as plain C#.</summary>
/// <remarks>
/// Compiled kernels are loops over work-items that are cut at barriers; chunks of indices, or groups, go to all threads. As plain C#,
/// explicitly grouped kernels use one operating-system thread for each work-item of a group: right, open to a debugger and to checks,
/// but some thousand times slower. A kernel that the compiler refuses is not run as plain C# instead; see <see cref="CpuDeviceOptions.KernelMode"/>.
/// </remarks>
public sealed class CpuDevice : Device
{
    private readonly WorkerTeam _team;
    private readonly WorkItemCrew _crew = new();
    private readonly ThreadCrew _groupThreads = new("GpuRnn group");
    private readonly DeviceStream _defaultStream;
    private readonly ConcurrentDictionary<(MethodInfo Method, string Constants), (CpuProgram? Program, string Refusal)> _programs = new();

    /// <summary>Starts the device's threads.</summary>
    /// <exception cref="DeviceException">
    /// The thread count is below 1, validation cannot be switched any more, or compiled kernels are asked for in a process that validates.
    /// </exception>
    public CpuDevice(CpuDeviceOptions? options = null)
    {
        options ??= new CpuDeviceOptions();
        int threadCount = options.ThreadCount ?? Environment.ProcessorCount;
        if (threadCount < 1)
        {
            throw new DeviceException(
                $"CpuDevice: ThreadCount {threadCount} arrived, but at least 1 was needed. Leave it null for one thread a core.");
        }

        if (options.Validate is bool validate && validate != Validation.IsEnabled)
        {
            throw new DeviceException(
                $"CpuDevice: Validate {validate} arrived, but this process runs with {Validation.EnvironmentVariable} "
                + $"{(Validation.IsEnabled ? "on" : "off")}, and the checks are compiled once. "
                + $"Start it with {Validation.EnvironmentVariable}={(validate ? 1 : 0)}.");
        }

        KernelMode = options.KernelMode ?? (Validation.IsEnabled ? CpuKernelMode.Plain : CpuKernelMode.Compiled);
        if (KernelMode == CpuKernelMode.Compiled && Validation.IsEnabled)
        {
            throw new DeviceException(
                $"CpuDevice: KernelMode {KernelMode} arrived, but this process runs with {Validation.EnvironmentVariable} on, which plain kernels "
                + "alone can check. Leave KernelMode null, or start the process without it.");
        }

        GroupSchedule = options.GroupSchedule;
        if (GroupSchedule is not null && KernelMode != CpuKernelMode.Compiled)
        {
            throw new DeviceException(
                $"CpuDevice: a GroupSchedule arrived with KernelMode {KernelMode}, but only compiled kernels can stop at every access. "
                + "Leave one of them null.");
        }

        Name = ProcessorName;
        Profile = CpuProfile.Read(threadCount);
        _team = new WorkerTeam(threadCount, options.Together);
        _defaultStream = new DeviceStream(this);
    }

    /// <summary>The processor's name; needs no open device.</summary>
    public static string ProcessorName => CpuProfile.ReadName();

    /// <inheritdoc/>
    public override string Id => "cpu";

    /// <inheritdoc/>
    public override DeviceKind Kind => DeviceKind.Cpu;

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override DeviceProfile Profile { get; }

    /// <inheritdoc/>
    public override DeviceStream DefaultStream => _defaultStream;

    /// <summary>The threads that run kernels; sequence executors share them.</summary>
    public WorkerTeam Team => _team;

    /// <summary>How kernels run.</summary>
    public CpuKernelMode KernelMode { get; }

    /// <summary>How the groups of cooperative kernels take turns; null when each has a thread.</summary>
    public AdversarialSchedule? GroupSchedule { get; }

    /// <summary>The threads that run explicitly grouped kernels as plain C#; none before the first such launch.</summary>
    internal WorkItemCrew Crew => _crew;

    /// <summary>The threads that run the groups of cooperative kernels; none before the first such launch.</summary>
    internal ThreadCrew GroupThreads => _groupThreads;

    /// <inheritdoc/>
    public override DeviceStream CreateStream()
    {
        RequireAlive();
        return new DeviceStream(this);
    }

    /// <inheritdoc/>
    public override SupportAnswer Supports(KernelEntry kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        if (KernelMode == CpuKernelMode.Compiled)
        {
            (CpuProgram? program, string refusal) = Compile(kernel);
            return program is null ? SupportAnswer.No(refusal) : SupportAnswer.Yes($"runs compiled on {Profile.CoreCount} threads");
        }

        return SupportAnswer.Yes(
            kernel.Grouping == KernelGrouping.Implicit
                ? $"runs as plain C# on {Profile.CoreCount} threads"
                : "runs as plain C# with one thread a work-item, for validation only");
    }

    /// <inheritdoc/>
    protected override bool BuildsInConstants => KernelMode == CpuKernelMode.Compiled;

    /// <inheritdoc/>
    protected override DeviceMemory AllocateMemory(long sizeInBytes) => CpuMemory.Allocate(this, sizeInBytes);

    /// <inheritdoc/>
    protected override LoadedKernel LoadKernel(KernelEntry entry)
    {
        if (KernelMode == CpuKernelMode.Compiled)
        {
            return entry.Grouping == KernelGrouping.Explicit && GroupSchedule?.Includes(entry) == true
                ? new InterleavedKernel(this, entry, GroupSchedule)
                : new CompiledKernel(this, Compile(entry).Program!);
        }

        // The trampoline may inline the kernel, and then sees the validation switch as a constant only if it was read before.
        RuntimeHelpers.RunClassConstructor(typeof(Validation).TypeHandle);
        return new CpuKernel(this, entry);
    }

    private (CpuProgram? Program, string Refusal) Compile(KernelEntry kernel) => _programs.GetOrAdd((kernel.Method, kernel.ConstantsText), _ =>
    {
        try
        {
            return (CpuProgram.Compile(kernel, KernelArguments.UnboxerOf), "");
        }
        catch (KernelNotSupportedException exception)
        {
            return (null, exception.Message);
        }
    });

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _team.Dispose();
        _crew.Dispose();
        _groupThreads.Dispose();
        base.Dispose(disposing);
    }
}
