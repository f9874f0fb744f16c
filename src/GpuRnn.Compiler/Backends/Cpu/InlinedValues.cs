using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>Finds the instructions that are computed where their only user needs them, on the evaluation stack instead of in a variable.</summary>
internal static class InlinedValues
{
    private const int MaximumDepth = 12;

    /// <param name="blocks">The blocks of one region.</param>
    /// <param name="kept">What is stored at the region's ends.</param>
    internal static HashSet<IrInstruction> Find(IReadOnlyList<IrBlock> blocks, IEnumerable<IrValue> kept)
    {
        Dictionary<IrValue, int> uses = [];
        foreach (IrValue value in blocks.SelectMany(Used).Concat(kept))
        {
            uses[value] = uses.GetValueOrDefault(value) + 1;
        }

        HashSet<IrInstruction> inlined = [];
        foreach (IrBlock block in blocks)
        {
            FindIn(block, uses, inlined);
        }

        return inlined;
    }

    private static IEnumerable<IrValue> Used(IrBlock block)
    {
        IEnumerable<IrValue> used = block.Instructions.SelectMany(one => one.Operands).Concat(block.Edges.SelectMany(edge => edge.Arguments));
        return block.Condition is null ? used : used.Append(block.Condition);
    }

    private static void FindIn(IrBlock block, Dictionary<IrValue, int> uses, HashSet<IrInstruction> inlined)
    {
        // What was computed since the last change of memory: an expression that reads memory stays on its side of the change.
        HashSet<IrValue> current = [];
        HashSet<IrValue> reading = [];
        Dictionary<IrValue, int> depths = [];
        foreach (IrInstruction instruction in block.Instructions)
        {
            int depth = 1;
            foreach (IrInstruction operand in instruction.Operands.OfType<IrInstruction>())
            {
                bool isOnce = operand.Block == block && uses[operand] == 1 && depths.GetValueOrDefault(operand) < MaximumDepth;
                if (isOnce && MayMove(operand) && (!reading.Contains(operand) || current.Contains(operand)))
                {
                    inlined.Add(operand);
                    depth = Math.Max(depth, depths[operand] + 1);
                }
            }

            depths[instruction] = depth;
            if (instruction.Opcode == IrOpcode.Load || instruction.Operands.Any(operand => operand is IrInstruction one && inlined.Contains(one) && reading.Contains(one)))
            {
                reading.Add(instruction);
            }

            if (instruction.HasEffect)
            {
                current.Clear();
            }

            current.Add(instruction);
        }

        // Conditions and arguments are computed at the end of the block.
        foreach (IrInstruction operand in block.Edges.SelectMany(edge => edge.Arguments).Append(block.Condition!).OfType<IrInstruction>())
        {
            if (operand.Block == block && uses[operand] == 1 && MayMove(operand) && (!reading.Contains(operand) || current.Contains(operand)))
            {
                inlined.Add(operand);
            }
        }
    }

    private static bool MayMove(IrInstruction instruction) =>
        instruction.Opcode == IrOpcode.Load || (instruction.IsPure && instruction.Opcode != IrOpcode.Select);
}
