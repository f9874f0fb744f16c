namespace GpuRnn.Compiler.Ir;

/// <summary>A way from one block to another, with the values of the target's parameters.</summary>
internal sealed class IrEdge(IrBlock target, params IEnumerable<IrValue> arguments)
{
    internal IrBlock Target { get; set; } = target;

    internal List<IrValue> Arguments { get; } = [.. arguments];

    public override string ToString() => Arguments.Count == 0 ? Target.ToString() : $"{Target}({string.Join(", ", Arguments)})";
}
