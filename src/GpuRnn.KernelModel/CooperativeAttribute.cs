namespace GpuRnn.KernelModel;

/// <summary>Says that the groups of a kernel wait for each other, so that a device must start all of them before any has to end.</summary>
/// <remarks>
/// A launch has at most as many groups as the device keeps at once, and is refused otherwise: a group that waits for one that has not been
/// started would wait for ever. Only a kernel without an index parameter has groups.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CooperativeAttribute : Attribute;
