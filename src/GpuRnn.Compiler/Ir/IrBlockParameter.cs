namespace GpuRnn.Compiler.Ir;

/// <summary>A value that each edge into its block supplies (what other representations call phi).</summary>
internal sealed class IrBlockParameter(IrType type, IrBlock block, int id) : IrValue(type)
{
    internal IrBlock Block { get; } = block;

    internal int Id { get; } = id;

    public override string ToString() => $"%{Id}";
}
