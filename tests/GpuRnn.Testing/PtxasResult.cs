namespace GpuRnn.Testing;

/// <summary>What one kernel takes of a multiprocessor, by the assembler's report.</summary>
/// <param name="Entry">The entry's name in the program.</param>
/// <param name="Registers">A thread's, of 32 bits.</param>
/// <param name="StackBytes">Private memory outside registers, spilled values and arrays alike.</param>
/// <param name="SpillStoreBytes">Written because registers ran out.</param>
/// <param name="SpillLoadBytes">Read because registers ran out.</param>
/// <param name="SharedBytes">Shared memory that the entry declares.</param>
public sealed record PtxasResult(string Entry, int Registers, int StackBytes, int SpillStoreBytes, int SpillLoadBytes, int SharedBytes);
