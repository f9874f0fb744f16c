using GpuRnn.Devices;

namespace GpuRnn.Conformance;

/// <summary>A device in the form in which the suite runs on it.</summary>
/// <param name="Name">What tables and tests call it.</param>
/// <param name="Open">Opens it; the caller disposes it.</param>
public sealed record ConformanceDevice(string Name, Func<Device> Open);
