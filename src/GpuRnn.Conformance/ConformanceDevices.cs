using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.KernelModel;
using GpuRnn.Scheduling;

namespace GpuRnn.Conformance;

/// <summary>The devices of this machine, the CPU in each of its forms.</summary>
public static class ConformanceDevices
{
    /// <summary>
    /// Every device that can be used here: the CPU with its kernels as plain C#, with compiled kernels alone, with its fast executors, then all
    /// others. With <c>GPURNN_VALIDATE=1</c> no kernel is compiled for the CPU, so its compiled form is not there.
    /// </summary>
    public static IReadOnlyList<ConformanceDevice> Present =>
    [
        new ConformanceDevice("cpu plain", () => OpenCpu(CpuKernelMode.Plain)),
        .. Validation.IsEnabled ? [] : new[] { new ConformanceDevice("cpu compiled", () => OpenCpu(CpuKernelMode.Compiled)) },
        new ConformanceDevice("cpu simd", () => DeviceCatalog.Open("cpu")),
        .. DeviceCatalog.List()
            .Where(entry => entry.Answer.IsSupported && entry.Kind != DeviceKind.Cpu)
            .Select(entry => new ConformanceDevice(entry.Id, () => DeviceCatalog.Open(entry.Id))),
    ];

    private static CpuDevice OpenCpu(CpuKernelMode mode)
    {
        CpuDevice device = new(new CpuDeviceOptions { KernelMode = mode });
        device.Register(new PlainMatrixExecutor(device));
        device.Register(new StepwiseSequenceExecutor(device));
        return device;
    }
}
