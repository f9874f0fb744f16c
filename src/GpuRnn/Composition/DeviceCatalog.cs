using GpuRnn.Compiler.Caching;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.OpenCl;
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

    /// <summary>The names of the devices that can be opened, the fastest first: GPUs, then the processor, then other drivers for it.</summary>
    public static IReadOnlyList<string> Ids => [.. List().Where(entry => entry.Answer.IsSupported).Select(entry => entry.Id)];

    /// <summary>Lists every device with the reason why it can or cannot be used; usable ones first, the fastest first.</summary>
    public static IReadOnlyList<DeviceEntry> List()
    {
        IReadOnlyList<OpenClDeviceInformation> openCl = OpenClDeviceInformation.List(out string? absence);
        ILookup<bool, DeviceEntry> byPlace = openCl.ToLookup(
            IsPreferred, device => new DeviceEntry(device.Id, device.Name, DeviceKind.OpenCl, device.Answer));
        List<DeviceEntry> entries =
        [
            .. byPlace[true],
            new DeviceEntry(Cpu, CpuDevice.ProcessorName, DeviceKind.Cpu, SupportAnswer.Yes("the processor that runs this process")),
            .. byPlace[false],
        ];
        if (absence is not null)
        {
            entries.Add(new DeviceEntry("opencl", string.Empty, DeviceKind.OpenCl, SupportAnswer.No(absence)));
        }

        entries.Add(new DeviceEntry("cuda", string.Empty, DeviceKind.Cuda, SupportAnswer.No("this version has no CUDA backend")));
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

        OpenClDeviceInformation? device = OpenClDeviceInformation.List(out _)
            .FirstOrDefault(device => device.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
        return device is null ? throw new DeviceException(
                $"{origin}: device \"{id}\" arrived, but this machine has {string.Join(", ", Ids)}. Pass one of these, or {Auto}.")
            : device.Answer.IsSupported ? OpenOpenCl(device)
            : throw new DeviceException(
                $"{origin}: device \"{id}\" arrived, but it cannot be used: {device.Answer.Reason}. Pass one of {string.Join(", ", Ids)}, or {Auto}.");
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

    private static OpenClDevice OpenOpenCl(OpenClDeviceInformation information)
    {
        OpenClDevice device = new(information, KernelCache.FromEnvironment());
        try
        {
            IMatrixExecutor matrices = PanelMatrixExecutor.Supports(device).IsSupported ? new PanelMatrixExecutor(device) : new TiledMatrixExecutor(device);
            device.Register(matrices);
            device.Register(new FusedStepExecutor(device, matrices));
            device.Register(BlockSequenceExecutor.SingleBlock(device, matrices));
            device.Register(new StepwiseSequenceExecutor(device, matrices));
            return device;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }
}
