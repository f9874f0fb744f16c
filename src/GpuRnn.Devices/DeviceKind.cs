namespace GpuRnn.Devices;

/// <summary>The programming interface behind a device.</summary>
public enum DeviceKind
{
    /// <summary>The processor that runs this process.</summary>
    Cpu,

    /// <summary>An OpenCL device.</summary>
    OpenCl,

    /// <summary>An NVIDIA GPU through the CUDA driver.</summary>
    Cuda,
}
