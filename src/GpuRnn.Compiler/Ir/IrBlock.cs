namespace GpuRnn.Compiler.Ir;

/// <summary>Instructions without a branch between them, and where control goes after them.</summary>
/// <remarks>No edge: return. One edge: jump. Two: the first when <see cref="Condition"/> is true.</remarks>
internal sealed class IrBlock(int id)
{
    internal int Id { get; } = id;

    internal List<IrBlockParameter> Parameters { get; } = [];

    internal List<IrInstruction> Instructions { get; } = [];

    internal IrValue? Condition { get; set; }

    internal List<IrEdge> Edges { get; } = [];

    internal void Append(IrInstruction instruction)
    {
        instruction.Block = this;
        Instructions.Add(instruction);
    }

    internal void SetReturn()
    {
        Condition = null;
        Edges.Clear();
    }

    internal void SetJump(IrEdge edge)
    {
        Condition = null;
        Edges.Clear();
        Edges.Add(edge);
    }

    internal void SetBranch(IrValue condition, IrEdge whenTrue, IrEdge whenFalse)
    {
        Condition = condition;
        Edges.Clear();
        Edges.Add(whenTrue);
        Edges.Add(whenFalse);
    }

    public override string ToString() => $"b{Id}";
}
