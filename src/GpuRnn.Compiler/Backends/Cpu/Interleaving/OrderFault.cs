namespace GpuRnn.Compiler.Backends.Cpu.Interleaving;

/// <summary>One place at which a kernel's order between work-items is spoilt on purpose, to see that its tests notice.</summary>
/// <param name="Kind">What is done there.</param>
/// <param name="Number">Which of the kernel's barriers, releases or acquires, counted from 0 in the order of its compiled text.</param>
public sealed record OrderFault(OrderFaultKind Kind, int Number);
