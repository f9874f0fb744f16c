using GpuRnn.Compiler.Caching;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Cuda;
using GpuRnn.Devices.OpenCl;
using GpuRnn.Devices.Profiles;
using GpuRnn.Devices.Sequences;
using GpuRnn.Scheduling;
using GpuRnn.Scheduling.Persistent;
using GpuRnn.Simd;

namespace GpuRnn.Composition;

/// <summary>The devices of this machine by the names that <c>--device</c> takes, each with everything that makes it fast.</summary>
/// <remarks>The only place that names a backend: it registers the fast executors first, and the one that runs everything last.</remarks>
public static class DeviceCatalog
{
    /// <summary>The name that means the fastest device there is, unless <see cref="Variable"/> names one.</summary>
    public const string Auto = "auto";

    /// <summary>The environment variable that names the device which <see cref="Auto"/> means.</summary>
    public const string Variable = "GPURNN_DEVICE";

    private const string Cpu = "cpu";

    /// <summary>The names of the devices that can be opened, the fastest first: CUDA's GPUs, other GPUs, then the processor, then other drivers for it.</summary>
    public static IReadOnlyList<string> Ids => [.. List().Where(entry => entry.Answer.IsSupported).Select(entry => entry.Id)];

    /// <summary>Lists every device with the reason why it can or cannot be used; usable ones first, the fastest first.</summary>
    public static IReadOnlyList<DeviceEntry> List()
    {
        IReadOnlyList<CudaDeviceInformation> cuda = CudaDeviceInformation.List(out string? cudaAbsence);
        IReadOnlyList<OpenClDeviceInformation> openCl = OpenClDeviceInformation.List(out string? absence);
        ILookup<bool, DeviceEntry> byPlace = openCl.ToLookup(
            IsPreferred, device => new DeviceEntry(device.Id, device.Name, DeviceKind.OpenCl, device.Answer));
        List<DeviceEntry> entries =
        [
            .. cuda.Select(device => new DeviceEntry(device.Id, device.Name, DeviceKind.Cuda, device.Answer)),
            .. byPlace[true],
            new DeviceEntry(Cpu, CpuDevice.ProcessorName, DeviceKind.Cpu, SupportAnswer.Yes("the processor that runs this process")),
            .. byPlace[false],
        ];
        if (absence is not null)
        {
            entries.Add(new DeviceEntry("opencl", string.Empty, DeviceKind.OpenCl, SupportAnswer.No(absence)));
        }

        if (cudaAbsence is not null)
        {
            entries.Add(new DeviceEntry("cuda", string.Empty, DeviceKind.Cuda, SupportAnswer.No(cudaAbsence)));
        }

        return [.. entries.OrderByDescending(entry => entry.Answer.IsSupported)];
    }

    /// <summary>Opens a device, owned by the caller, with its executors registered.</summary>
    /// <param name="id"><see cref="Auto"/> or one of <see cref="Ids"/>; letter case does not matter.</param>
    /// <param name="threadCount">Threads of the CPU device; null for one a core.</param>
    /// <exception cref="DeviceException">There is no such device or it cannot be used; the message lists what there is.</exception>
    public static Device Open(string id, int? threadCount = null)
    {
        ArgumentNullException.ThrowIfNull(id);
        string origin = "DeviceCatalog.Open";
        if (id.Equals(Auto, StringComparison.OrdinalIgnoreCase))
        {
            string? named = Environment.GetEnvironmentVariable(Variable);
            origin = string.IsNullOrEmpty(named) ? origin : Variable;
            id = string.IsNullOrEmpty(named) || named.Equals(Auto, StringComparison.OrdinalIgnoreCase) ? Ids[0] : named;
        }

        // The processor needs no driver, and looking for drivers takes a moment.
        if (id.Equals(Cpu, StringComparison.OrdinalIgnoreCase))
        {
            return OpenCpu(threadCount);
        }

        return OpenThroughDriver(id) ?? throw Refused(origin, id);
    }

    private static bool IsNamed(string id, string wanted) => id.Equals(wanted, StringComparison.OrdinalIgnoreCase);

    // Null for a device that is not there or cannot be used.
    private static Device? OpenThroughDriver(string id)
    {
        if (CudaDeviceInformation.List(out _).FirstOrDefault(device => IsNamed(device.Id, id)) is { Answer.IsSupported: true } cuda)
        {
            return OpenCuda(cuda);
        }

        OpenClDeviceInformation? openCl = OpenClDeviceInformation.List(out _).FirstOrDefault(device => IsNamed(device.Id, id));
        return openCl is { Answer.IsSupported: true } ? OpenOpenCl(openCl) : null;
    }

    private static DeviceException Refused(string origin, string id)
    {
        IReadOnlyList<DeviceEntry> all = List();
        DeviceEntry? entry = all.FirstOrDefault(entry => entry.Name.Length > 0 && IsNamed(entry.Id, id));

        // A kind without devices is listed by its own name, with the reason.
        DeviceEntry? kind = all.FirstOrDefault(entry => entry.Name.Length == 0 && IsNamed(entry.Id, id.Split(':')[0]));
        string why = kind is null ? string.Empty : $" ({kind.Id}: {kind.Answer.Reason})";
        return entry is null
            ? new DeviceException($"{origin}: device \"{id}\" arrived, but this machine has {string.Join(", ", Ids)}{why}. Pass one of these, or {Auto}.")
            : new DeviceException(
                $"{origin}: device \"{id}\" arrived, but it cannot be used: {entry.Answer.Reason}. Pass one of {string.Join(", ", Ids)}, or {Auto}.");
    }

    /// <summary>A device to make plans for that is not here, with the executors that it would have.</summary>
    /// <param name="profile">A name of <see cref="GpuProfile.All"/>.</param>
    /// <exception cref="DeviceException">There is no such profile; the message lists what there is.</exception>
    public static Device OpenProfile(string profile)
    {
        ProfileDevice device = new(GpuProfile.Parse(profile));
        EquipGpu(device, new TensorMatrixExecutor(device, new TiledMatrixExecutor(device)));
        return device;
    }

    /// <summary>Registers what runs on a GPU whose groups may wait for each other.</summary>
    private static void EquipGpu(Device device, IMatrixExecutor matrices)
    {
        device.Register(matrices);
        device.Register(BlockSequenceExecutor.Persistent(device, matrices));
        device.Register(BlockSequenceExecutor.SingleBlock(device, matrices));
        device.Register(new UnitLoopExecutor(device, matrices));
        StepwiseSequenceExecutor steps = new(device, matrices);
        device.Register(new GraphSequenceExecutor(device, steps));
        device.Register(steps);
    }

    // An OpenCL driver for the processor runs the same cores as the device "cpu", which is faster there.
    private static bool IsPreferred(OpenClDeviceInformation device) => device.Type is OpenClDeviceType.Gpu or OpenClDeviceType.Accelerator;

    private static CpuDevice OpenCpu(int? threadCount)
    {
        CpuDevice device = new(new CpuDeviceOptions { ThreadCount = threadCount });
        SimdExecutors.Register(device);
        device.Register(new StepwiseSequenceExecutor(device));
        return device;
    }

    private static CudaDevice OpenCuda(CudaDeviceInformation information)
    {
        CudaDevice device = new(information, KernelCache.FromEnvironment());
        try
        {
            Equip(device);
            return device;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>Registers the executors of a CUDA device: cuBLAS's products where the machine has it, else our own.</summary>
    internal static void Equip(CudaDevice device)
    {
        IMatrixExecutor tiled = new TiledMatrixExecutor(device);
        EquipGpu(device, CublasMatrixExecutor.Supports(device).IsSupported ? new CublasMatrixExecutor(device, tiled) : new TensorMatrixExecutor(device, tiled));
    }

    private static OpenClDevice OpenOpenCl(OpenClDeviceInformation information)
    {
        OpenClDevice device = new(information, KernelCache.FromEnvironment());
        try
        {
            bool hasVectors = PanelMatrixExecutor.Supports(device).IsSupported;
            IMatrixExecutor matrices = hasVectors ? new PanelMatrixExecutor(device) : new TiledMatrixExecutor(device);
            device.Register(matrices);
            device.Register(new UnitLoopExecutor(device, matrices));
            device.Register(new FusedStepExecutor(device, matrices));
            device.Register(BlockSequenceExecutor.SingleBlock(device, matrices));
            device.Register(new StepwiseSequenceExecutor(device, matrices, hasVectors));
            return device;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }
}
