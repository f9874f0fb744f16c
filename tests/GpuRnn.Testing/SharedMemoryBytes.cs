namespace GpuRnn.Testing;

/// <summary>An argument that asks for shared memory of a group instead of passing any.</summary>
/// <param name="Count">How much.</param>
public sealed record SharedMemoryBytes(int Count);
