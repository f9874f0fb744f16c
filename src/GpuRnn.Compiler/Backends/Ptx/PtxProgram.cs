namespace GpuRnn.Compiler.Backends.Ptx;

/// <summary>The text of a PTX program, and what its kernels need.</summary>
/// <param name="Text">For an assembler, or for the driver of a GPU.</param>
/// <param name="Architecture">The oldest that can run it.</param>
/// <param name="Kernels">Its kernels in the order in which they were given.</param>
public sealed record PtxProgram(string Text, string Architecture, IReadOnlyList<PtxKernel> Kernels);
