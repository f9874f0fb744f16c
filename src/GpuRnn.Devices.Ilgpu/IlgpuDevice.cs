using GpuRnn.Compiler.Frontend;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace GpuRnn.Devices.Ilgpu;

/// <summary>An accelerator of ILGPU: its CPU, an OpenCL device or an NVIDIA GPU.</summary>
/// <remarks>
/// Hosts load the same kernels and pass the same views as on every device; what runs is the kernel's twin in the assembly that was
/// compiled against ILGPU, found by its name. No sequence executor is registered here: register the stepwise one, which launches kernels.
/// </remarks>
public sealed class IlgpuDevice : Device
{
    /// <summary>What every name of such a device begins with; kind and number follow, as in <c>ilgpu:cuda:0</c>.</summary>
    public const string Prefix = "ilgpu:";

    private readonly AcceleratorLease _lease;
    private readonly IlgpuStream _defaultStream;

    private IlgpuDevice(AcceleratorLease lease, string id)
    {
        _lease = lease;
        Accelerator accelerator = lease.Accelerator;
        Id = id;
        Name = accelerator.Name;
        Kind = KindOf(accelerator.AcceleratorType);
        long? cache = accelerator is CudaAccelerator cuda ? cuda.L2CacheSize : null;
        Profile = new DeviceProfile(accelerator.NumMultiprocessors, 128, null, cache, null, accelerator.MemorySize);
        _defaultStream = new IlgpuStream(this, accelerator.DefaultStream);
    }

    /// <summary>The names of all accelerators that ILGPU finds on this machine, in its order.</summary>
    /// <exception cref="DeviceException">ILGPU cannot start.</exception>
    public static IReadOnlyList<string> Ids
    {
        get
        {
            using Context context = CreateContext("Ids");
            return IdsOf(context);
        }
    }

    /// <inheritdoc/>
    public override string Id { get; }

    /// <inheritdoc/>
    public override DeviceKind Kind { get; }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override DeviceProfile Profile { get; }

    /// <inheritdoc/>
    public override DeviceStream DefaultStream => _defaultStream;

    internal Accelerator Accelerator => _lease.Accelerator;

    /// <summary>Opens an accelerator, owned by the caller.</summary>
    /// <param name="id">One of <see cref="Ids"/>; letter case does not matter.</param>
    /// <exception cref="DeviceException">There is no such accelerator, or it cannot be opened.</exception>
    public static IlgpuDevice Open(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        Context context = CreateContext("Open");
        try
        {
            string[] ids = IdsOf(context);
            int index = Array.FindIndex(ids, known => known.Equals(id, StringComparison.OrdinalIgnoreCase));
            if (index < 0)
            {
                throw new DeviceException(
                    $"IlgpuDevice.Open: device \"{id}\" arrived, but ILGPU finds {string.Join(", ", ids)} on this machine. Pass one of these.");
            }

            AcceleratorLease lease = new(context, context.Devices[index].CreateAccelerator(context));
            return new IlgpuDevice(lease, ids[index]);
        }
        catch (Exception exception)
        {
            context.Dispose();
            if (exception is DeviceException)
            {
                throw;
            }

            throw IlgpuFailure.Of("IlgpuDevice.Open", $"opening {id}", exception, "Check the driver with ILGPU's own samples.");
        }
    }

    /// <inheritdoc/>
    public override DeviceStream CreateStream()
    {
        RequireAlive();
        return new IlgpuStream(this, Accelerator.CreateStream());
    }

    /// <inheritdoc/>
    public override SupportAnswer Supports(KernelEntry kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        return kernel.IsCooperative
            ? SupportAnswer.No("the kernel is cooperative, and ILGPU does not promise to run all groups of a launch at once")
            : KernelTwin.Find(kernel, out _, out string reason) ? SupportAnswer.Yes(reason) : SupportAnswer.No(reason);
    }

    /// <inheritdoc/>
    protected override DeviceMemory AllocateMemory(long sizeInBytes) => IlgpuMemory.Allocate(this, _lease, sizeInBytes);

    /// <inheritdoc/>
    protected override LoadedKernel LoadKernel(KernelEntry entry)
    {
        if (!KernelTwin.Find(entry, out KernelTwin? twin, out string reason))
        {
            throw new DeviceException($"{Id}.Load: {entry.Name} arrived, but {reason}. Choose another device.");
        }

        try
        {
            Kernel kernel = entry.Grouping == KernelGrouping.Explicit
                ? Accelerator.LoadKernel(twin.Method)
                : Accelerator.LoadAutoGroupedKernel(twin.Method);
            return new IlgpuKernel(this, entry, kernel, twin);
        }
        catch (Exception exception)
        {
            throw IlgpuFailure.Of($"{Id}.Load", $"compiling {entry.Name}", exception, "Choose another device for this kernel.");
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _lease.Release();
        base.Dispose(disposing);
    }

    // The algorithms bring the square root of CUDA; all transcendental functions are the kernels' own.
    private static Context CreateContext(string method)
    {
        try
        {
            return Context.Create(builder => builder.AllAccelerators().EnableAlgorithms());
        }
        catch (Exception exception)
        {
            throw IlgpuFailure.Of($"IlgpuDevice.{method}", "looking for accelerators", exception, "Use the built-in runtime.");
        }
    }

    private static string[] IdsOf(Context context)
    {
        Dictionary<AcceleratorType, int> counts = [];
        List<string> ids = [];
        foreach (ILGPU.Runtime.Device device in context.Devices)
        {
            AcceleratorType type = device.AcceleratorType;
            int number = counts.GetValueOrDefault(type);
            counts[type] = number + 1;
            ids.Add($"{Prefix}{type.ToString().ToLowerInvariant()}:{number}");
        }

        return [.. ids];
    }

    private static DeviceKind KindOf(AcceleratorType type) => type switch
    {
        AcceleratorType.Cuda => DeviceKind.Cuda,
        AcceleratorType.OpenCL => DeviceKind.OpenCl,
        _ => DeviceKind.Cpu,
    };
}
