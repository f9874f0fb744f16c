namespace GpuRnn.Devices;

/// <summary>A kernel failed while it ran; the inner exception is what the kernel threw.</summary>
public sealed class KernelExecutionException : DeviceException
{
    /// <summary>Reports that <paramref name="kernel"/> failed at <paramref name="position"/>.</summary>
    /// <param name="kernel">The kernel's name.</param>
    /// <param name="position">The index, or the group and the work-item.</param>
    /// <param name="cause">What the kernel threw.</param>
    public KernelExecutionException(string kernel, string position, Exception cause)
        : base(Describe(kernel, position, cause), cause)
    {
        Kernel = kernel;
        Position = position;
    }

    /// <summary>The kernel's name.</summary>
    public string Kernel { get; }

    /// <summary>Which index, or which group and work-item, failed.</summary>
    public string Position { get; }

    private static string Describe(string kernel, string position, Exception cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        return $"{kernel}: {position} threw {cause.GetType().Name}, but a kernel must not throw. {cause.Message}";
    }
}
