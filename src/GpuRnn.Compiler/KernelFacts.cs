using GpuRnn.Compiler.Frontend;

namespace GpuRnn.Compiler;

/// <summary>What a compiled kernel is made of, for lists.</summary>
/// <param name="Entry">Its signature.</param>
/// <param name="InstructionCount">The instructions behind all passes, on all ways through it together.</param>
/// <param name="BarrierCount">The places where the group waits for each other.</param>
/// <param name="CollectiveCount">The places where a warp exchanges values or waits.</param>
/// <param name="SharedMemoryBytes">The bytes of its shared arrays, without those of the launch.</param>
/// <param name="UsesDynamicSharedMemory">True when the launch decides the size of further shared memory.</param>
/// <param name="LocalMemoryBytes">The bytes of the arrays of a work-item that did not become registers.</param>
public sealed record KernelFacts(
    KernelEntry Entry,
    int InstructionCount,
    int BarrierCount,
    int CollectiveCount,
    long SharedMemoryBytes,
    bool UsesDynamicSharedMemory,
    long LocalMemoryBytes);
