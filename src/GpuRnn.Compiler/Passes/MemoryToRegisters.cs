using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Passes;

/// <summary>Turns variables of one leaf whose address goes nowhere into values, with block parameters where ways meet.</summary>
/// <remarks>
/// After Cytron et al. (1991): a parameter at the iterated dominance frontier of the stores, but only where the variable is still read.
/// A variable that is read before it is written holds zero, as C#'s locals do.
/// </remarks>
internal static class MemoryToRegisters
{
    internal static void Run(IrFunction function)
    {
        HashSet<IrValue> variables = Candidates(function);
        if (variables.Count == 0)
        {
            return;
        }

        ControlFlow flow = new(function);
        Dictionary<IrBlock, HashSet<IrBlock>> frontiers = Frontiers(flow);
        Dictionary<IrBlock, List<IrInstruction>> joined = flow.Blocks.ToDictionary(block => block, _ => new List<IrInstruction>());
        foreach (IrInstruction variable in variables.Cast<IrInstruction>().OrderBy(variable => variable.Id))
        {
            PlaceParameters(function, flow, frontiers, joined, variable);
        }

        Rename(function, flow, variables, joined);
    }

    private static IrType TypeOf(IrInstruction variable) => IrType.Loaded(variable.Leaves[0]);

    private static HashSet<IrValue> Candidates(IrFunction function)
    {
        HashSet<IrValue> variables = [.. function.Instructions.Where(one => one is { Opcode: IrOpcode.Alloca, Leaves.Count: 1 })];
        foreach (IrInstruction user in function.Instructions)
        {
            int firstOther = user.Opcode is IrOpcode.Load or IrOpcode.Store ? 1 : 0;
            variables.ExceptWith(user.Operands.Skip(firstOther));
        }

        variables.ExceptWith(function.Blocks.SelectMany(block => block.Edges).SelectMany(edge => edge.Arguments));
        return variables;
    }

    private static Dictionary<IrBlock, HashSet<IrBlock>> Frontiers(ControlFlow flow)
    {
        Dictionary<IrBlock, HashSet<IrBlock>> frontiers = flow.Blocks.ToDictionary(block => block, _ => new HashSet<IrBlock>());
        foreach (IrBlock block in flow.Blocks.Where(block => flow.Predecessors(block).Count > 1))
        {
            foreach (IrBlock predecessor in flow.Predecessors(block))
            {
                for (IrBlock? runner = predecessor; runner is not null && runner != flow.ImmediateDominator(block);)
                {
                    frontiers[runner].Add(block);
                    runner = flow.ImmediateDominator(runner);
                }
            }
        }

        return frontiers;
    }

    private static void PlaceParameters(
        IrFunction function,
        ControlFlow flow,
        Dictionary<IrBlock, HashSet<IrBlock>> frontiers,
        Dictionary<IrBlock, List<IrInstruction>> joined,
        IrInstruction variable)
    {
        HashSet<IrBlock> live = LiveAtStart(flow, variable);
        Queue<IrBlock> open = new(flow.Blocks.Where(block => Writes(block, variable)));
        HashSet<IrBlock> placed = [];
        while (open.TryDequeue(out IrBlock? writer))
        {
            foreach (IrBlock block in frontiers[writer].Where(block => live.Contains(block) && placed.Add(block)).OrderBy(flow.Order))
            {
                block.Parameters.Add(new IrBlockParameter(TypeOf(variable), block, function.NextId()));
                joined[block].Add(variable);
                open.Enqueue(block);
            }
        }
    }

    private static bool Writes(IrBlock block, IrInstruction variable) =>
        block.Instructions.Any(one => one.Opcode == IrOpcode.Store && one.Operands[0] == variable);

    private static HashSet<IrBlock> LiveAtStart(ControlFlow flow, IrInstruction variable)
    {
        Dictionary<IrBlock, bool> firstIsRead = [];
        foreach (IrBlock block in flow.Blocks)
        {
            IrInstruction? first = block.Instructions.Find(one =>
                one.Opcode is IrOpcode.Load or IrOpcode.Store && one.Operands[0] == variable);
            if (first is not null)
            {
                firstIsRead[block] = first.Opcode == IrOpcode.Load;
            }
        }

        HashSet<IrBlock> live = [];
        Stack<IrBlock> open = new(firstIsRead.Where(pair => pair.Value).Select(pair => pair.Key));
        while (open.TryPop(out IrBlock? block))
        {
            if (live.Add(block))
            {
                foreach (IrBlock predecessor in flow.Predecessors(block).Where(one => !firstIsRead.ContainsKey(one)))
                {
                    open.Push(predecessor);
                }
            }
        }

        return live;
    }

    private static void Rename(
        IrFunction function, ControlFlow flow, HashSet<IrValue> variables, Dictionary<IrBlock, List<IrInstruction>> joined)
    {
        Dictionary<IrValue, IrValue> replacements = [];
        Dictionary<IrBlock, Dictionary<IrValue, IrValue>> atEnd = [];
        foreach (IrBlock block in flow.Blocks)
        {
            IrBlock? above = flow.ImmediateDominator(block);
            Dictionary<IrValue, IrValue> current = above is null ? [] : new(atEnd[above]);
            int firstNew = block.Parameters.Count - joined[block].Count;
            for (int i = 0; i < joined[block].Count; i++)
            {
                current[joined[block][i]] = block.Parameters[firstNew + i];
            }

            foreach (IrInstruction instruction in block.Instructions)
            {
                if (instruction.Opcode == IrOpcode.Load && variables.Contains(instruction.Operands[0]))
                {
                    replacements[instruction] = ValueOf((IrInstruction)instruction.Operands[0], current);
                }
                else if (instruction.Opcode == IrOpcode.Store && variables.Contains(instruction.Operands[0]))
                {
                    current[instruction.Operands[0]] = instruction.Operands[1];
                }
            }

            atEnd[block] = current;
        }

        foreach (IrBlock block in flow.Blocks)
        {
            foreach (IrEdge edge in block.Edges)
            {
                edge.Arguments.AddRange(joined[edge.Target].Select(variable => ValueOf(variable, atEnd[block])));
            }

            block.Instructions.RemoveAll(one => variables.Contains(one)
                || (one.Opcode is IrOpcode.Load or IrOpcode.Store && variables.Contains(one.Operands[0])));
        }

        function.Replace(replacements);
    }

    private static IrValue ValueOf(IrInstruction variable, Dictionary<IrValue, IrValue> current) =>
        current.TryGetValue(variable, out IrValue? value) ? value : IrConstant.Zero(TypeOf(variable));
}
