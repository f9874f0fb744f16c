using System.Text;

namespace GpuRnn.Compiler.Ir;

/// <summary>Writes a function as text, one instruction a line; equal functions give equal text.</summary>
internal static class IrPrinter
{
    internal static string Print(IrFunction function)
    {
        Dictionary<object, string> names = Number(function);
        string Name(IrValue value) => names.GetValueOrDefault(value) ?? value.ToString()!;
        string Edge(IrEdge edge) =>
            edge.Arguments.Count == 0 ? names[edge.Target] : $"{names[edge.Target]}({string.Join(", ", edge.Arguments.Select(Name))})";

        StringBuilder text = new();
        IEnumerable<string> parameters = function.Parameters.Select(parameter => $"{parameter.Type} {parameter.Name}");
        text.Append(function.IsCooperative ? "cooperative kernel " : "kernel ").Append(function.Name).Append('(').AppendJoin(", ", parameters).Append(")\n");
        foreach (IrBlock block in function.Blocks)
        {
            text.Append(names[block]);
            if (block.Parameters.Count > 0)
            {
                text.Append('(').AppendJoin(", ", block.Parameters.Select(p => $"{p.Type} {Name(p)}")).Append(')');
            }

            text.Append(":\n");
            foreach (IrInstruction instruction in block.Instructions)
            {
                text.Append("    ").Append(Line(instruction, Name)).Append('\n');
            }

            text.Append("    ").Append(block.Edges.Count switch
            {
                0 => "return",
                1 => $"jump {Edge(block.Edges[0])}",
                _ => $"branch {Name(block.Condition!)} ? {Edge(block.Edges[0])} : {Edge(block.Edges[1])}",
            }).Append('\n');
        }

        return text.ToString();
    }

    private static string Line(IrInstruction instruction, Func<IrValue, string> name)
    {
        string operation = instruction.Opcode switch
        {
            IrOpcode.Math => ((MathFunction)instruction.Immediate).ToString(),
            IrOpcode.WorkItem => ((WorkItemQuery)instruction.Immediate).ToString(),
            IrOpcode.Atomic => $"Atomic{(AtomicOperation)instruction.Immediate}",
            IrOpcode.Fence => $"Fence{(FenceScope)instruction.Immediate}",
            IrOpcode.WarpMatrix => $"WarpMatrix{(MatrixFactor)instruction.Immediate}",
            IrOpcode.Alloca => $"Alloca [{string.Join(", ", instruction.Leaves)}]",
            IrOpcode.LeafAddress => $"LeafAddress #{instruction.Immediate}",
            _ => instruction.Opcode.ToString(),
        };
        string operands = string.Join(", ", instruction.Operands.Select(name));
        string right = operands.Length == 0 ? operation : $"{operation} {operands}";
        return instruction.Type.Kind == ScalarKind.Void ? right : $"{instruction.Type} {name(instruction)} = {right}";
    }

    // Numbers in order of appearance, so that the text does not depend on how the function came about.
    internal static Dictionary<object, string> Number(IrFunction function)
    {
        Dictionary<object, string> names = [];
        int values = 0;
        foreach (IrBlock block in function.Blocks)
        {
            names[block] = $"b{function.Blocks.IndexOf(block)}";
            foreach (IrValue value in block.Parameters.Concat<IrValue>(block.Instructions))
            {
                names[value] = $"%{values++}";
            }
        }

        return names;
    }
}
