namespace GpuRnn.Compiler.Ir;

/// <summary>Something that an instruction can use: a constant, a parameter, or the result of an instruction.</summary>
internal abstract class IrValue(IrType type)
{
    /// <summary>Changed after construction only by the address space pass.</summary>
    internal IrType Type { get; set; } = type;
}
