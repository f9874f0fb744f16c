using GpuRnn.Compiler.Diagnostics;

namespace GpuRnn.Compiler.Ir;

/// <summary>Checks by plain enumeration what every pass may rely on; slow on purpose, so that it is easy to trust.</summary>
internal static class IrVerifier
{
    /// <exception cref="InternalCompilerException">A rule is broken; the message names the rule and shows the function.</exception>
    internal static void Verify(IrFunction function, string after)
    {
        ControlFlow flow = new(function);
        Dictionary<IrValue, (IrBlock Block, int Position)> definitions = [];
        foreach (IrBlock block in function.Blocks)
        {
            Require(flow.IsReachable(block), function, after, $"{block} cannot be reached");
            foreach (IrBlockParameter parameter in block.Parameters)
            {
                Require(definitions.TryAdd(parameter, (block, -1)), function, after, $"{parameter} is defined twice");
            }

            for (int i = 0; i < block.Instructions.Count; i++)
            {
                Require(definitions.TryAdd(block.Instructions[i], (block, i)), function, after, $"{block.Instructions[i]} is defined twice");
                Require(block.Instructions[i].Block == block, function, after, $"{block.Instructions[i]} names another block as its own");
            }
        }

        Require(flow.Predecessors(function.Entry).Count == 0, function, after, "the entry has a predecessor");
        foreach (IrBlock block in function.Blocks)
        {
            VerifyBlock(function, flow, definitions, block, after);
        }
    }

    private static void VerifyBlock(
        IrFunction function, ControlFlow flow, Dictionary<IrValue, (IrBlock Block, int Position)> definitions, IrBlock block, string after)
    {
        void Use(IrValue value, int position)
        {
            if (value is IrConstant || (value is IrParameter parameter && function.Parameters.Contains(parameter)))
            {
                return;
            }

            bool isKnown = definitions.TryGetValue(value, out (IrBlock Block, int Position) definition);
            Require(isKnown, function, after, $"{value} is used in {block} but defined nowhere");
            bool isEarlier = definition.Block == block ? definition.Position < position : flow.Dominates(definition.Block, block);
            Require(isEarlier, function, after, $"{value} is used in {block} where it is not yet defined");
        }

        for (int i = 0; i < block.Instructions.Count; i++)
        {
            IrInstruction instruction = block.Instructions[i];
            Array.ForEach(instruction.Operands, operand => Use(operand, i));
            string? complaint = TypeRules.Complaint(instruction);
            Require(complaint is null, function, after, $"{instruction} ({instruction.Opcode}): {complaint}");
        }

        int end = block.Instructions.Count;
        Require(block.Edges.Count <= 2, function, after, $"{block} has {block.Edges.Count} edges");
        Require(block.Edges.Count == 2 == block.Condition is not null, function, after, $"{block}: a condition needs two edges and two edges one");
        if (block.Condition is not null)
        {
            Use(block.Condition, end);
            Require(block.Condition.Type == IrType.Bool, function, after, $"{block}: its condition is a {block.Condition.Type}");
        }

        foreach (IrEdge edge in block.Edges)
        {
            Require(function.Blocks.Contains(edge.Target), function, after, $"{block} leads to {edge.Target}, which is gone");
            Require(edge.Arguments.Count == edge.Target.Parameters.Count, function, after, $"{block} to {edge}: wrong number of arguments");
            for (int i = 0; i < edge.Arguments.Count; i++)
            {
                Use(edge.Arguments[i], end);
                bool fits = TypeRules.Fits(edge.Arguments[i].Type, edge.Target.Parameters[i].Type);
                Require(fits, function, after, $"{block} to {edge}: argument {i} is a {edge.Arguments[i].Type}");
            }
        }
    }

    private static void Require(bool condition, IrFunction function, string after, string rule)
    {
        if (!condition)
        {
            throw new InternalCompilerException(function.Name, $"after {after}, {rule}", IrPrinter.Print(function));
        }
    }
}
