using System.Collections.Concurrent;
using System.Reflection;
using GpuRnn.Compiler;
using GpuRnn.Compiler.Backends.OpenCl;
using GpuRnn.Compiler.Caching;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Devices.OpenCl.Native;

namespace GpuRnn.Devices.OpenCl;

/// <summary>A device behind an OpenCL 1.2 driver; kernels run on it as generated OpenCL C.</summary>
/// <remarks>
/// Queues work in order, and launches return before the kernel ran: a failure inside one is reported by a later call that waits. The
/// views of its buffers hold addresses that mean nothing to the host; touch elements through copies alone.
/// </remarks>
public sealed unsafe class OpenClDevice : Device
{
    // Far above every address that a process may have, so that a host access ends at once instead of reading other memory.
    private const long FirstAddress = 1L << 60;
    private const long AddressGap = 4096;

    private readonly ConcurrentDictionary<(MethodInfo Method, string Constants), Lazy<OpenClProgram>> _programs = new();
    private readonly List<OpenClLoadedKernel> _loaded = [];
    private readonly OpenClStream _defaultStream;
    private long _nextAddress = FirstAddress;
    private DeviceLostException? _loss;

    /// <summary>Opens a device that <see cref="OpenClDeviceInformation.List"/> found.</summary>
    /// <param name="information">The device.</param>
    /// <param name="cache">Where compiled kernels are kept; null to compile each of them in this process.</param>
    /// <exception cref="DeviceException">It cannot be used, or the driver refuses.</exception>
    public OpenClDevice(OpenClDeviceInformation information, KernelCache? cache = null)
    {
        ArgumentNullException.ThrowIfNull(information);
        Information = information;
        Cache = cache ?? new KernelCache(null);
        if (!information.Answer.IsSupported)
        {
            throw new DeviceException($"OpenClDevice: {information} arrived, but it cannot be used: {information.Answer.Reason}. Choose another device.");
        }

        int vectorBits = Math.Clamp(32 * information.FloatVectorWidth, 32, 512);
        Profile = new DeviceProfile(
            information.ComputeUnitCount, vectorBits, null, null, information.CacheBytes == 0 ? null : information.CacheBytes, information.MemoryBytes)
        {
            // Groups of a launch may run one after the other, so none may wait for another.
            Groups = new GroupLimits(
                (int)Math.Min(int.MaxValue, information.MaximumGroupSize), (int)Math.Min(int.MaxValue, information.LocalMemoryBytes), null, RunsTogether: false),
        };
        nint handle = information.Handle;
        nint* properties = stackalloc nint[] { OpenClConstants.ContextPlatform, information.Platform, 0 };
        int code;
        Context = OpenClLibrary.clCreateContext(properties, 1, &handle, 0, 0, &code);
        Require(code, "clCreateContext");
        _defaultStream = new OpenClStream(this);
    }

    /// <inheritdoc/>
    public override string Id => Information.Id;

    /// <inheritdoc/>
    public override DeviceKind Kind => DeviceKind.OpenCl;

    /// <inheritdoc/>
    public override string Name => Information.Name;

    /// <inheritdoc/>
    public override DeviceProfile Profile { get; }

    /// <inheritdoc/>
    public override DeviceStream DefaultStream => _defaultStream;

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, string>> Details =>
    [
        new("type", Information.Type.ToString()),
        new("vendor", Information.Vendor),
        new("platform", $"{Information.PlatformName}, {Information.PlatformVersion}"),
        new("driver", Information.DriverVersion),
        new("largest buffer", $"{Information.MaximumAllocationBytes} bytes"),
        new("work-items of a group", $"at most {Information.MaximumGroupSize}"),
        new("shared memory of a group", $"{Information.LocalMemoryBytes} bytes"),
        new("64-bit floats", Information.Extensions.Contains("cl_khr_fp64") ? "yes" : "no"),
        new("division and square root", Information.HasCorrectlyRoundedDivision ? "correctly rounded" : "within the driver's error"),
    ];

    /// <summary>What the driver tells about the device.</summary>
    public OpenClDeviceInformation Information { get; }

    /// <summary>What the driver's compiler is told for every kernel.</summary>
    internal string BuildOptions => Information.HasCorrectlyRoundedDivision
        ? "-cl-std=CL1.2 -cl-fp32-correctly-rounded-divide-sqrt"
        : "-cl-std=CL1.2";

    /// <summary>Where compiled kernels are kept.</summary>
    internal KernelCache Cache { get; }

    internal nint Context { get; }

    /// <summary>The default queue's handle.</summary>
    internal nint Queue => _defaultStream.Queue;

    /// <inheritdoc/>
    public override DeviceStream CreateStream()
    {
        RequireAlive();
        return new OpenClStream(this);
    }

    /// <inheritdoc/>
    public override SupportAnswer Supports(KernelEntry kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        try
        {
            OpenClKernel needs = ProgramOf(kernel).Kernels[0];
            string[] missing = [.. needs.Extensions.Except(Information.Extensions)];
            return missing.Length > 0
                ? SupportAnswer.No($"the kernel needs {string.Join(" and ", missing)}, which the driver does not offer")
                : needs.SharedMemoryBytes > Information.LocalMemoryBytes
                ? SupportAnswer.No($"a group needs {needs.SharedMemoryBytes} bytes of shared memory, but has {Information.LocalMemoryBytes}")
                : SupportAnswer.Yes("runs as generated OpenCL C");
        }
        catch (KernelNotSupportedException exception)
        {
            return SupportAnswer.No(exception.Message);
        }
    }

    /// <summary>Throws what a call's result means, unless it is success; a loss is remembered and thrown by every later call.</summary>
    internal void Require(int code, string call, string? kernel = null)
    {
        if (code != OpenClCode.Success)
        {
            Fail(code, call, kernel);
        }
    }

    /// <summary>Throws when the device was disposed or lost.</summary>
    internal void RequireUsable()
    {
        RequireAlive();
        if (_loss is DeviceLostException loss)
        {
            throw new DeviceLostException(loss.Message, loss.Call, loss.Code, loss.DeviceId, loss.Kernel);
        }
    }

    /// <summary>Ends a mapping of pinned memory; called from finalizers too.</summary>
    internal void Unmap(nint buffer, nint address)
    {
        if (_defaultStream.HandleOrZero is nint queue and not 0)
        {
            _ = OpenClLibrary.clEnqueueUnmapMemObject(queue, buffer, (void*)address, 0, null, null);
        }
    }

    /// <inheritdoc/>
    protected override DeviceMemory AllocateMemory(long sizeInBytes)
    {
        RequireUsable();
        if (sizeInBytes > Information.MaximumAllocationBytes)
        {
            throw new OutOfDeviceMemoryException(
                $"{Id}.Allocate: {sizeInBytes} bytes were asked for, but a buffer of this device has at most "
                + $"{Information.MaximumAllocationBytes}. Use a smaller batch or model, or several buffers.",
                sizeInBytes);
        }

        long address = Interlocked.Add(ref _nextAddress, sizeInBytes + AddressGap) - sizeInBytes - AddressGap;
        return OpenClMemory.Allocate(this, (nint)(address & -AddressGap), sizeInBytes);
    }

    /// <inheritdoc/>
    protected override PinnedMemory AllocatePinnedMemory(int sizeInBytes)
    {
        RequireUsable();
        return OpenClPinnedMemory.Allocate(this, sizeInBytes);
    }

    /// <inheritdoc/>
    protected override bool BuildsInConstants => true;

    /// <inheritdoc/>
    protected override void RequireRules(KernelEntry entry) => ProgramOf(entry);

    /// <inheritdoc/>
    protected override LoadedKernel LoadKernel(KernelEntry entry)
    {
        RequireUsable();
        OpenClLoadedKernel kernel = new(this, entry, ProgramOf(entry));
        lock (_loaded)
        {
            _loaded.Add(kernel);
        }

        return kernel;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (OpenClLoadedKernel kernel in _loaded)
        {
            kernel.Release();
        }

        if (_defaultStream.HandleOrZero is nint queue and not 0)
        {
            _ = OpenClLibrary.clFinish(queue);
        }

        _defaultStream.Close();
        _ = OpenClLibrary.clReleaseContext(Context);
        base.Dispose(disposing);
    }

    private OpenClProgram ProgramOf(KernelEntry kernel) =>
        _programs.GetOrAdd(
            (kernel.Method, kernel.ConstantsText), _ => new Lazy<OpenClProgram>(() => KernelCompiler.ToOpenCl([kernel], Cache))).Value;

    private void Fail(int code, string call, string? kernel)
    {
        DeviceException failure = OpenClFailure.Of(Id, call, code, kernel);
        _loss ??= failure as DeviceLostException;
        throw failure;
    }
}
