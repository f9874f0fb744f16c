namespace GpuRnn.Devices.Cpu;

/// <summary>How a <see cref="CpuDevice"/> runs kernels.</summary>
public enum CpuKernelMode
{
    /// <summary>Compiled to loops over work-items that are cut at barriers: fast, and without checks.</summary>
    Compiled,

    /// <summary>As the C# methods that they are: checked if asked to, and open to a debugger. Barriers cost a thread for each work-item.</summary>
    Plain,
}
