namespace GpuRnn.Compiler.Backends.OpenCl;

/// <summary>The text of a program in OpenCL C 1.2, and what its kernels need.</summary>
/// <param name="Text">The source, for <c>-cl-std=CL1.2</c>.</param>
/// <param name="Kernels">Its kernels in the order in which they were given.</param>
public sealed record OpenClProgram(string Text, IReadOnlyList<OpenClKernel> Kernels);
