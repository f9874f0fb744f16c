namespace GpuRnn.Devices.Cpu;

/// <summary>How a <see cref="CpuDevice"/> uses the machine.</summary>
public sealed class CpuDeviceOptions
{
    /// <summary>Threads that run kernels, the caller's included; null for one a core.</summary>
    public int? ThreadCount { get; init; }

    /// <summary>
    /// Whether the threads share each piece of work: true for always, false for never, null for always but while other programs keep them from running together.
    /// Results have the same bits; work whose bits hang on the number of threads (gradients of a normalisation's gain) is shared in any case.
    /// </summary>
    public bool? Together { get; init; }

    /// <summary>How kernels run; null for compiled, with <c>GPURNN_VALIDATE=1</c> plain.</summary>
    /// <remarks>Compiled code has no checks, so it is refused in a process that validates. The results of both have the same bits.</remarks>
    public CpuKernelMode? KernelMode { get; init; }

    /// <summary>How the groups of cooperative kernels take turns, for tests of their order; null to run them on a thread each.</summary>
    public AdversarialSchedule? GroupSchedule { get; init; }

    /// <summary>True to demand checked accesses; null for what <c>GPURNN_VALIDATE</c> says.</summary>
    /// <remarks>
    /// The checks are compiled in or out once a process: true is refused unless <c>GPURNN_VALIDATE=1</c> was set before it started,
    /// and false is refused when it was.
    /// </remarks>
    public bool? Validate { get; init; }
}
