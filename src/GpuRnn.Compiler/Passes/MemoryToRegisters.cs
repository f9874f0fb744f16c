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
        Dictionary<IrValue, Uses> uses = FindUses(flow, variables);
        Dictionary<IrBlock, HashSet<IrBlock>> frontiers = Frontiers(flow);
        Dictionary<IrBlock, List<IrInstruction>> joined = flow.Blocks.ToDictionary(block => block, _ => new List<IrInstruction>());
        foreach (IrInstruction variable in variables.Cast<IrInstruction>().OrderBy(variable => variable.Id))
        {
            PlaceParameters(function, flow, frontiers, joined, variable, uses[variable]);
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

    // One look at every instruction serves all variables, of which inlining makes thousands.
    private static Dictionary<IrValue, Uses> FindUses(ControlFlow flow, HashSet<IrValue> variables)
    {
        Dictionary<IrValue, Uses> uses = variables.ToDictionary(variable => variable, _ => new Uses());
        foreach (IrBlock block in flow.Blocks)
        {
            foreach (IrInstruction instruction in block.Instructions)
            {
                if (instruction.Opcode is IrOpcode.Load or IrOpcode.Store && uses.TryGetValue(instruction.Operands[0], out Uses? use))
                {
                    use.Add(block, instruction.Opcode == IrOpcode.Store);
                }
            }
        }

        return uses;
    }

    private static void PlaceParameters(
        IrFunction function,
        ControlFlow flow,
        Dictionary<IrBlock, HashSet<IrBlock>> frontiers,
        Dictionary<IrBlock, List<IrInstruction>> joined,
        IrInstruction variable,
        Uses uses)
    {
        HashSet<IrBlock> live = LiveAtStart(flow, uses);
        if (live.Count == 0)
        {
            return;
        }

        Queue<IrBlock> open = new(uses.Writers);
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

    private static HashSet<IrBlock> LiveAtStart(ControlFlow flow, Uses uses)
    {
        HashSet<IrBlock> live = [];
        Stack<IrBlock> open = new(uses.FirstReaders);
        while (open.TryPop(out IrBlock? block))
        {
            if (live.Add(block))
            {
                foreach (IrBlock predecessor in flow.Predecessors(block))
                {
                    if (!uses.Users.Contains(predecessor))
                    {
                        open.Push(predecessor);
                    }
                }
            }
        }

        return live;
    }

    // Down the dominator tree: what a block wrote holds in the blocks below it, and is taken back behind them.
    private static void Rename(
        IrFunction function, ControlFlow flow, HashSet<IrValue> variables, Dictionary<IrBlock, List<IrInstruction>> joined)
    {
        Dictionary<IrValue, IrValue> replacements = [];
        Dictionary<IrValue, IrValue> current = [];
        Stack<(IrValue Variable, IrValue? Before)> written = [];
        ILookup<IrBlock?, IrBlock> below = flow.Blocks.ToLookup(flow.ImmediateDominator);
        Stack<(IrBlock? Block, int WrittenBefore)> open = new([(flow.Blocks[0], 0)]);
        while (open.TryPop(out (IrBlock? Block, int WrittenBefore) next))
        {
            if (next.Block is not IrBlock block)
            {
                TakeBack(current, written, next.WrittenBefore);
                continue;
            }

            open.Push((null, written.Count));
            RenameBlock(block, variables, joined, current, written, replacements);
            foreach (IrBlock child in below[block])
            {
                open.Push((child, 0));
            }
        }

        function.Replace(replacements);
    }

    private static void RenameBlock(
        IrBlock block,
        HashSet<IrValue> variables,
        Dictionary<IrBlock, List<IrInstruction>> joined,
        Dictionary<IrValue, IrValue> current,
        Stack<(IrValue Variable, IrValue? Before)> written,
        Dictionary<IrValue, IrValue> replacements)
    {
        int firstNew = block.Parameters.Count - joined[block].Count;
        for (int i = 0; i < joined[block].Count; i++)
        {
            Write(joined[block][i], block.Parameters[firstNew + i]);
        }

        foreach (IrInstruction instruction in block.Instructions)
        {
            if (instruction.Opcode == IrOpcode.Load && variables.Contains(instruction.Operands[0]))
            {
                replacements[instruction] = ValueOf((IrInstruction)instruction.Operands[0], current);
            }
            else if (instruction.Opcode == IrOpcode.Store && variables.Contains(instruction.Operands[0]))
            {
                Write(instruction.Operands[0], instruction.Operands[1]);
            }
        }

        foreach (IrEdge edge in block.Edges)
        {
            edge.Arguments.AddRange(joined[edge.Target].Select(variable => ValueOf(variable, current)));
        }

        block.Instructions.RemoveAll(one => variables.Contains(one)
            || (one.Opcode is IrOpcode.Load or IrOpcode.Store && variables.Contains(one.Operands[0])));

        void Write(IrValue variable, IrValue value)
        {
            written.Push((variable, current.GetValueOrDefault(variable)));
            current[variable] = value;
        }
    }

    private static void TakeBack(Dictionary<IrValue, IrValue> current, Stack<(IrValue Variable, IrValue? Before)> written, int count)
    {
        while (written.Count > count)
        {
            (IrValue variable, IrValue? before) = written.Pop();
            if (before is null)
            {
                current.Remove(variable);
            }
            else
            {
                current[variable] = before;
            }
        }
    }

    private static IrValue ValueOf(IrInstruction variable, Dictionary<IrValue, IrValue> current) =>
        current.TryGetValue(variable, out IrValue? value) ? value : IrConstant.Zero(TypeOf(variable));

    /// <summary>The blocks that touch one variable, in the order of the blocks.</summary>
    private sealed class Uses
    {
        internal HashSet<IrBlock> Users { get; } = [];

        internal List<IrBlock> Writers { get; } = [];

        internal List<IrBlock> FirstReaders { get; } = [];

        internal void Add(IrBlock block, bool writes)
        {
            if (Users.Add(block) && !writes)
            {
                FirstReaders.Add(block);
            }

            if (writes && (Writers.Count == 0 || Writers[^1] != block))
            {
                Writers.Add(block);
            }
        }
    }
}
