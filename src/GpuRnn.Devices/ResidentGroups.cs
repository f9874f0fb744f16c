namespace GpuRnn.Devices;

/// <summary>How many groups of a kernel a device keeps running at once, and what limits them.</summary>
/// <param name="Count">The most groups that a cooperative launch may have; 0 where the device promises nothing.</param>
/// <param name="Reason">What the number follows from, one clause for users.</param>
public sealed record ResidentGroups(int Count, string Reason);
