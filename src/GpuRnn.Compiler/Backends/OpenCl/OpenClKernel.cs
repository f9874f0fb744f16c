using GpuRnn.Compiler.Frontend;

namespace GpuRnn.Compiler.Backends.OpenCl;

/// <summary>One kernel of a program, and what a device must offer to run it.</summary>
/// <param name="Entry">The kernel's signature.</param>
/// <param name="Name">Its name in the program.</param>
/// <param name="Extensions">The OpenCL extensions that its text uses.</param>
/// <param name="SharedMemoryBytes">The shared memory that its arrays take, without that of the launch.</param>
/// <param name="UsesDynamicSharedMemory">
/// True when it takes the shared memory of the launch: behind the scalars a <c>__local</c> pointer, then its bytes as 32 bits.
/// </param>
/// <param name="MaximumGroupSize">The largest group that its text permits, null when any.</param>
public sealed record OpenClKernel(
    KernelEntry Entry, string Name, IReadOnlyList<string> Extensions, long SharedMemoryBytes, bool UsesDynamicSharedMemory, int? MaximumGroupSize);
