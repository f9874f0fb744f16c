using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Passes;

/// <summary>Moves what does not change in a loop before it; divisions that could fault, loads and barriers stay.</summary>
internal static class LoopInvariants
{
    internal static void Run(IrFunction function)
    {
        ControlFlow flow = new(function);
        (IrBlock Header, HashSet<IrBlock> Body)[] loops =
            [.. flow.Loops().OrderBy(loop => loop.Value.Count).ThenBy(loop => flow.Order(loop.Key)).Select(loop => (loop.Key, loop.Value))];
        foreach ((IrBlock header, HashSet<IrBlock> body) in loops)
        {
            IrEdge[] entries = [.. flow.Predecessors(header).Where(block => !body.Contains(block)).SelectMany(block => block.Edges)
                .Where(edge => edge.Target == header)];
            IrBlock? before = function.Blocks.Find(block => block.Edges.Count == 1 && entries is [IrEdge only] && block.Edges[0] == only);
            if (before is null)
            {
                before = AddEntry(function, header, entries);

                // It lies inside the loops around this one, and so does what is moved there.
                Array.ForEach(Array.FindAll(loops, loop => loop.Body != body && loop.Body.Contains(header)), loop => loop.Body.Add(before));
            }

            Hoist(flow, before, body);
        }
    }

    /// <summary>Puts a block before a loop, through which every way into it leads.</summary>
    private static IrBlock AddEntry(IrFunction function, IrBlock header, IrEdge[] entries)
    {
        IrBlock before = new(function.NextId());
        function.Blocks.Insert(function.Blocks.IndexOf(header), before);
        foreach (IrBlockParameter parameter in header.Parameters)
        {
            before.Parameters.Add(new IrBlockParameter(parameter.Type, before, function.NextId()));
        }

        Array.ForEach(entries, edge => edge.Target = before);
        before.SetJump(new IrEdge(header, before.Parameters));
        return before;
    }

    private static void Hoist(ControlFlow flow, IrBlock before, HashSet<IrBlock> body)
    {
        HashSet<IrValue> inside = [.. body.SelectMany(block => block.Parameters), .. body.SelectMany(block => block.Instructions)];
        foreach (IrBlock block in flow.Blocks.Where(body.Contains))
        {
            foreach (IrInstruction instruction in block.Instructions.ToArray())
            {
                if (instruction.IsPure && !instruction.MayFault && !instruction.Operands.Any(inside.Contains))
                {
                    block.Instructions.Remove(instruction);
                    before.Append(instruction);
                    inside.Remove(instruction);
                }
            }
        }
    }
}
