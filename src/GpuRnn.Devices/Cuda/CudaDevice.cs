using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using GpuRnn.Compiler;
using GpuRnn.Compiler.Backends.Ptx;
using GpuRnn.Compiler.Caching;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Frontend;

namespace GpuRnn.Devices.Cuda;

/// <summary>An NVIDIA GPU behind the CUDA driver; kernels run on it as generated PTX.</summary>
/// <remarks>
/// Queues work in order, and launches return before the kernel ran: a failure inside one is reported by a later call, and ends CUDA for the
/// process. The views of its buffers hold the device's addresses, which mean nothing to the host; touch elements through copies alone.
/// </remarks>
public sealed class CudaDevice : Device
{
    private readonly ConcurrentDictionary<(MethodInfo Method, string Constants), Lazy<PtxProgram>> _programs = new();
    private readonly List<CudaLoadedKernel> _loaded = [];
    private readonly KernelCache _cache;
    private readonly CudaStream _defaultStream;

    /// <summary>Opens a device that <see cref="CudaDeviceInformation.List(out string?)"/> found.</summary>
    /// <param name="information">The device.</param>
    /// <param name="cache">Where generated text is kept; null to generate it in this process. The driver keeps what it makes of it itself.</param>
    /// <exception cref="DeviceException">It cannot be used, or the driver refuses.</exception>
    /// <exception cref="DeviceLostException">CUDA was lost in this process.</exception>
    public CudaDevice(CudaDeviceInformation information, KernelCache? cache = null)
    {
        ArgumentNullException.ThrowIfNull(information);
        Information = information;
        _cache = cache ?? new KernelCache(null);
        if (!information.Answer.IsSupported)
        {
            throw new DeviceException($"CudaDevice: {information} arrived, but it cannot be used: {information.Answer.Reason}. Choose another device.");
        }

        Architecture = KernelCompiler.ArchitectureFor(information.CapabilityMajor, information.CapabilityMinor);
        Profile = new DeviceProfile(
            information.MultiprocessorCount, 32, null, null, information.L2Bytes == 0 ? null : information.L2Bytes, information.MemoryBytes)
        {
            Groups = new GroupLimits(
                information.MaximumGroupSize, information.MaximumSharedMemoryPerGroup, information.RegistersPerMultiprocessor, information.HasCooperativeLaunch),
        };
        Context = new CudaContext(information);
        _defaultStream = new CudaStream(this, isDefault: true);
    }

    /// <inheritdoc/>
    public override string Id => Information.Id;

    /// <inheritdoc/>
    public override DeviceKind Kind => DeviceKind.Cuda;

    /// <inheritdoc/>
    public override string Name => Information.Name;

    /// <inheritdoc/>
    public override DeviceProfile Profile { get; }

    /// <inheritdoc/>
    public override DeviceStream DefaultStream => _defaultStream;

    /// <summary>What the driver tells about the device.</summary>
    public CudaDeviceInformation Information { get; }

    /// <summary>The architecture that kernels are generated for: the newest known one that the device is not older than.</summary>
    public string Architecture { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, string>> Details =>
    [
        new("compute capability", $"{Information.CapabilityMajor}.{Information.CapabilityMinor}, kernels for {Architecture}"),
        new("driver", $"for CUDA {CudaDeviceInformation.VersionText(Information.DriverVersion)}"),
        new("multiprocessor", $"{Information.RegistersPerMultiprocessor} registers, {Information.SharedMemoryPerMultiprocessor} bytes of shared memory, "
            + $"{Information.WorkItemsPerMultiprocessor} work-items"),
        new("work-items of a group", $"at most {Information.MaximumGroupSize}"),
        new("shared memory of a group", $"{Information.SharedMemoryPerGroup} bytes, {Information.MaximumSharedMemoryPerGroup} on demand"),
        new("clocks", $"{Megahertz(Information.ClockKilohertz)}, memory {Megahertz(Information.MemoryClockKilohertz)} over {Information.MemoryBusBits} bits"),
        new("cooperative launches", Information.HasCooperativeLaunch ? "yes" : "no"),
        new("memory pool", Context.MemoryDescription),
        new("cuBLAS", CublasMatrixExecutor.Supports(this) is { IsSupported: true } answer ? answer.Reason : $"none: {CublasMatrixExecutor.Supports(this).Reason}"),
    ];

    internal CudaContext Context { get; }

    /// <inheritdoc/>
    public override DeviceStream CreateStream()
    {
        RequireUsable();
        return new CudaStream(this, isDefault: false);
    }

    /// <inheritdoc/>
    public override SupportAnswer Supports(KernelEntry kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        try
        {
            PtxKernel needs = ProgramOf(kernel).Kernels[0];
            return needs.SharedMemoryBytes > Information.MaximumSharedMemoryPerGroup
                ? SupportAnswer.No($"a group needs {needs.SharedMemoryBytes} bytes of shared memory, but has {Information.MaximumSharedMemoryPerGroup}")
                : kernel.IsCooperative && !Information.HasCooperativeLaunch
                ? SupportAnswer.No("its groups wait for each other, but the driver offers no cooperative launches here")
                : SupportAnswer.Yes($"runs as generated PTX for {Architecture}");
        }
        catch (KernelNotSupportedException exception)
        {
            return SupportAnswer.No(exception.Message);
        }
    }

    /// <summary>Throws when the device was disposed, or CUDA lost.</summary>
    internal void RequireUsable()
    {
        RequireAlive();
        Context.RequireNoLoss();
    }

    /// <inheritdoc/>
    protected override DeviceMemory AllocateMemory(long sizeInBytes)
    {
        RequireUsable();
        return CudaMemory.Allocate(this, sizeInBytes);
    }

    /// <inheritdoc/>
    protected override PinnedMemory AllocatePinnedMemory(int sizeInBytes)
    {
        RequireUsable();
        return CudaPinnedMemory.Allocate(this, sizeInBytes);
    }

    /// <inheritdoc/>
    protected override bool BuildsInConstants => true;

    /// <inheritdoc/>
    protected override void RequireRules(KernelEntry entry) => ProgramOf(entry);

    /// <inheritdoc/>
    protected override LoadedKernel LoadKernel(KernelEntry entry)
    {
        RequireUsable();
        CudaLoadedKernel kernel = new(this, entry, ProgramOf(entry));
        lock (_loaded)
        {
            _loaded.Add(kernel);
        }

        return kernel;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Context.EnterToRelease();
        Context.FinishToRelease();
        _loaded.ForEach(kernel => kernel.Unload());
        Context.Release();
        base.Dispose(disposing);
    }

    private static string Megahertz(int kilohertz) => kilohertz == 0 ? "unknown" : string.Create(CultureInfo.InvariantCulture, $"{kilohertz / 1000} MHz");

    private PtxProgram ProgramOf(KernelEntry kernel) =>
        _programs.GetOrAdd(
            (kernel.Method, kernel.ConstantsText), _ => new Lazy<PtxProgram>(() => KernelCompiler.ToPtx([kernel], Architecture, _cache))).Value;
}
