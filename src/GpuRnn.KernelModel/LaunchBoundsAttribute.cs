namespace GpuRnn.KernelModel;

/// <summary>How a kernel is launched at most, so that a device can divide its registers.</summary>
/// <param name="maximumGroupSize">The work-items of a group; a launch with larger groups is refused on every device.</param>
/// <remarks>Only a kernel without an index parameter has groups.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LaunchBoundsAttribute(int maximumGroupSize) : Attribute
{
    /// <summary>The work-items of a group at most.</summary>
    public int MaximumGroupSize { get; } = maximumGroupSize;

    /// <summary>The groups that a multiprocessor shall be able to hold at once; 0 to leave it to the device.</summary>
    public int MinimumGroupsPerMultiprocessor { get; init; }
}
