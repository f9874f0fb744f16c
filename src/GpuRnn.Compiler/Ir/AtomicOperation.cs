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
    CompareExchange,

    /// <summary>As <see cref="Max"/> with the operands taken as unsigned.</summary>
    MaxUnsigned,

    /// <summary>As <see cref="Min"/> with the operands taken as unsigned.</summary>
    MinUnsigned,
}
