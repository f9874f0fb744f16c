using System.Runtime.CompilerServices;
using GpuRnn.Compiler.Frontend;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Cpu;

/// <summary>The processor that runs this process; every kernel runs on it as plain C#.</summary>
/// <remarks>
/// Implicitly grouped kernels run in chunks on all threads. Explicitly grouped ones use one operating-system thread for each
/// work-item of a group, with real barriers: right, but some thousand times slower, and meant for validation alone.
/// </remarks>
public sealed class CpuDevice : Device
{
    private readonly WorkerTeam _team;
    private readonly WorkItemCrew _crew = new();
    private readonly DeviceStream _defaultStream;

    /// <summary>Starts the device's threads.</summary>
    /// <exception cref="DeviceException">The thread count is below 1, or validation cannot be switched any more.</exception>
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

        Name = ProcessorName;
        Profile = CpuProfile.Read(threadCount);
        _team = new WorkerTeam(threadCount);
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

    /// <summary>The threads that run explicitly grouped kernels; none before the first such launch.</summary>
    internal WorkItemCrew Crew => _crew;

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
        return SupportAnswer.Yes(
            kernel.Grouping == KernelGrouping.Implicit
                ? $"runs as plain C# on {Profile.CoreCount} threads"
                : "runs as plain C# with one thread a work-item, for validation only");
    }

    /// <inheritdoc/>
    protected override DeviceMemory AllocateMemory(long sizeInBytes) => CpuMemory.Allocate(this, sizeInBytes);

    /// <inheritdoc/>
    protected override LoadedKernel LoadKernel(KernelEntry entry)
    {
        // The trampoline may inline the kernel, and then sees the validation switch as a constant only if it was read before.
        RuntimeHelpers.RunClassConstructor(typeof(Validation).TypeHandle);
        return new CpuKernel(this, entry);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _team.Dispose();
        _crew.Dispose();
        base.Dispose(disposing);
    }
}
