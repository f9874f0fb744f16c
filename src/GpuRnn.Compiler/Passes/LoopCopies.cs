using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Passes;

/// <summary>Writes out the rounds of a loop one behind the other, each as a copy of its blocks.</summary>
internal sealed class LoopCopies(IrFunction function, IrBlock header, IReadOnlyList<IrBlock> body)
{
    /// <summary>Replaces the loop by its rounds.</summary>
    /// <param name="exit">The block of the loop whose test leaves it.</param>
    /// <param name="rounds">How often the test is made; it stays in the loop each time but the last.</param>
    internal void Run(IrBlock exit, int rounds)
    {
        List<IrBlock> copies = [];
        Dictionary<IrBlock, IrBlock>[] blocks = [.. Enumerable.Range(0, rounds).Select(_ => body.ToDictionary(block => block, NewBlock))];
        Dictionary<IrValue, IrValue> values = [];
        for (int round = 0; round < rounds; round++)
        {
            values = Parameters(blocks[round]);
            foreach (IrBlock block in body)
            {
                CopyInstructions(block, blocks[round][block], values);
            }

            foreach (IrBlock block in body)
            {
                CopyEnd(block, blocks, round, values, exit);
            }

            copies.AddRange(body.Select(block => blocks[round][block]));
        }

        foreach (IrEdge entry in function.Blocks.Except(body).SelectMany(block => block.Edges).Where(edge => edge.Target == header))
        {
            entry.Target = blocks[0][header];
        }

        int place = function.Blocks.IndexOf(header);
        function.Blocks.InsertRange(place, copies);
        function.Blocks.RemoveAll(body.Contains);

        // What follows the loop sees the values of the last round.
        function.Replace(values);
        ControlFlow flow = new(function);
        function.Blocks.RemoveAll(block => !flow.IsReachable(block));
    }

    private IrBlock NewBlock(IrBlock block) => new(function.NextId());

    private Dictionary<IrValue, IrValue> Parameters(Dictionary<IrBlock, IrBlock> copies)
    {
        Dictionary<IrValue, IrValue> values = [];
        foreach (IrBlock block in body)
        {
            foreach (IrBlockParameter parameter in block.Parameters)
            {
                IrBlockParameter copy = new(parameter.Type, copies[block], function.NextId());
                copies[block].Parameters.Add(copy);
                values[parameter] = copy;
            }
        }

        return values;
    }

    // The blocks stand in an order in which a value is defined before it is used.
    private void CopyInstructions(IrBlock block, IrBlock copy, Dictionary<IrValue, IrValue> values)
    {
        foreach (IrInstruction instruction in block.Instructions)
        {
            IrValue[] operands = Array.ConvertAll(instruction.Operands, operand => values.GetValueOrDefault(operand, operand));
            IrValue? known = instruction.IsPure
                ? Simplifier.Simplify(instruction.Opcode, instruction.Type, operands, instruction.Immediate)
                : null;
            if (known is null)
            {
                IrInstruction copied = instruction.Copy(function.NextId(), operands);
                copy.Append(copied);
                known = copied;
            }

            values[instruction] = known;
        }
    }

    private void CopyEnd(
        IrBlock block, Dictionary<IrBlock, IrBlock>[] blocks, int round, Dictionary<IrValue, IrValue> values, IrBlock exit)
    {
        IrEdge Copied(IrEdge edge)
        {
            IEnumerable<IrValue> arguments = edge.Arguments.Select(argument => values.GetValueOrDefault(argument, argument));
            IrBlock target = !body.Contains(edge.Target) ? edge.Target
                : edge.Target != header ? blocks[round][edge.Target]
                : blocks[Math.Min(round + 1, blocks.Length - 1)][header];
            return new IrEdge(target, [.. arguments]);
        }

        IrBlock copy = blocks[round][block];
        bool isLast = round == blocks.Length - 1;
        if (block == exit)
        {
            copy.SetJump(Copied(block.Edges.Single(edge => body.Contains(edge.Target) != isLast)));
        }
        else if (isLast && block.Edges.Any(edge => edge.Target == header))
        {
            // Behind the exit, which was taken.
            copy.SetReturn();
        }
        else if (block.Condition is not null)
        {
            IrValue condition = values.GetValueOrDefault(block.Condition, block.Condition);
            copy.SetBranch(condition, Copied(block.Edges[0]), Copied(block.Edges[1]));
        }
        else if (block.Edges.Count == 1)
        {
            copy.SetJump(Copied(block.Edges[0]));
        }
    }
}
