namespace GpuRnn.Compiler.Ir;

/// <summary>What an atomic instruction does to its memory.</summary>
internal enum AtomicOperation
{
    Add,
    Max,
    Min,
    And,
    Or,
    Xor,
    Exchange,
}
