using GpuRnn.Compiler.Frontend;

namespace GpuRnn.Compiler.Backends.Ptx;

/// <summary>One kernel of a program, and what a launch must provide.</summary>
/// <param name="Entry">The kernel's signature.</param>
/// <param name="Name">Its name in the program.</param>
/// <param name="SharedMemoryBytes">The shared memory that its arrays take, without that of the launch.</param>
/// <param name="LaunchSharedMemoryBytes">
/// How much of it the launch must provide, because a program can declare 48 KiB only: all or nothing of <paramref name="SharedMemoryBytes"/>.
/// </param>
/// <param name="UsesDynamicSharedMemory">True when it takes the shared memory of the launch, behind these bytes.</param>
/// <param name="MinimumArchitecture">The oldest that has all its instructions, for example <c>sm_70</c>; for older ones it is refused (GK0027).</param>
public sealed record PtxKernel(
    KernelEntry Entry,
    string Name,
    long SharedMemoryBytes,
    long LaunchSharedMemoryBytes,
    bool UsesDynamicSharedMemory,
    string MinimumArchitecture);
