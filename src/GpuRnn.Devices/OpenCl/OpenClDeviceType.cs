namespace GpuRnn.Devices.OpenCl;

/// <summary>What a driver says an OpenCL device is.</summary>
public enum OpenClDeviceType
{
    /// <summary>None of the others.</summary>
    Other,

    /// <summary>A processor that runs the host too.</summary>
    Cpu,

    /// <summary>A graphics processor.</summary>
    Gpu,

    /// <summary>A processor of its own for computing alone.</summary>
    Accelerator,
}
