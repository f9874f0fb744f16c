namespace GpuRnn.Scheduling.Derivatives;

/// <summary>What makes two terms equal: kind, slot, the constant's bits and the operands.</summary>
internal readonly record struct TermKey(TermKind Kind, int Slot, int Bits, Term? First, Term? Second, Term? Third, Term? Fourth);
