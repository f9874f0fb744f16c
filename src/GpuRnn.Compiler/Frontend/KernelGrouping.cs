namespace GpuRnn.Compiler.Frontend;

/// <summary>Who arranges a kernel's threads into groups.</summary>
public enum KernelGrouping
{
    /// <summary>The device: the kernel's first parameter is its index and it has no barrier.</summary>
    Implicit,

    /// <summary>The launch: the kernel has no index parameter and reads <c>Grid</c> and <c>Group</c>.</summary>
    Explicit,
}
