namespace GpuRnn.Compiler.Backends.Cpu.Interleaving;

/// <summary>How an <see cref="OrderFault"/> spoils a kernel.</summary>
public enum OrderFaultKind
{
    /// <summary>A barrier of the group, or of the warp, is left out.</summary>
    MissingBarrier,

    /// <summary>A release writes its value, but carries nothing along.</summary>
    UnorderedRelease,

    /// <summary>A release is left out, its value too.</summary>
    MissingRelease,

    /// <summary>An acquire reads its value, but brings nothing along.</summary>
    UnorderedAcquire,

    /// <summary>An acquire is left out: a number larger than any count stands for its value, so that a wait ends at once.</summary>
    MissingAcquire,
}
