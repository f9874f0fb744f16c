namespace GpuRnn.Compiler.Tests.Native;

/// <summary>An argument that asks for shared memory a group instead of passing any.</summary>
internal sealed record LocalBytes(int Count);
