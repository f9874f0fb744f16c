using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Passes;

/// <summary>Writes out loops whose number of rounds is known, as long as the result stays small.</summary>
/// <remarks>
/// A loop that indexes a local array with something that changes from round to round may grow larger than another, because the array
/// can become registers afterwards. Loops with barriers stay loops: a backend splits the kernel at each barrier. Products of a warp's matrices are
/// instructions of the device, and no backend splits there.
/// </remarks>
internal static class Unrolling
{
    /// <summary>The instructions that a loop without local arrays may grow to.</summary>
    private const int MaximumSize = 512;

    /// <summary>The instructions that a loop over local arrays may grow to: a tile of 8 by 8 numbers with 8 operations on each, and room.</summary>
    private const int MaximumSizeWithArrays = 8192;

    private const int MaximumRounds = 256;

    /// <summary>Unrolls one loop that contains none that could be unrolled.</summary>
    /// <returns>False when there is none.</returns>
    internal static bool RunOnce(IrFunction function)
    {
        ControlFlow flow = new(function);
        foreach ((IrBlock header, HashSet<IrBlock> body) in flow.Loops().OrderBy(loop => loop.Value.Count).ThenBy(loop => flow.Order(loop.Key)))
        {
            if (TryUnroll(function, flow, header, body))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryUnroll(IrFunction function, ControlFlow flow, IrBlock header, HashSet<IrBlock> body)
    {
        IrInstruction[] inside = [.. body.SelectMany(block => block.Instructions)];
        if (inside.Any(one => (one.IsMeeting && one.Opcode != IrOpcode.WarpMatrix) || one.Opcode == IrOpcode.SharedArray))
        {
            return false;
        }

        int size = inside.Length + body.Count;
        int most = Math.Min(MaximumRounds, (IndexesLocalArray(inside) ? MaximumSizeWithArrays : MaximumSize) / size);
        IrBlock[] latches = [.. flow.Predecessors(header).Where(body.Contains)];
        bool hasOneExit = body.Sum(block => block.Edges.Count(edge => !body.Contains(edge.Target))) == 1;
        foreach (IrBlock exit in flow.Blocks.Where(body.Contains))
        {
            bool isTest = exit.Condition is not null && exit.Edges.Count(edge => body.Contains(edge.Target)) == 1
                && Array.TrueForAll(latches, latch => flow.Dominates(exit, latch));
            if (isTest && TripCount.Find(function, header, body, exit, most) is int rounds)
            {
                if (!hasOneExit)
                {
                    LoopResults.ToVariables(function, body);
                }

                new LoopCopies(function, header, [.. flow.Blocks.Where(body.Contains)]).Run(exit, rounds);
                return true;
            }
        }

        return false;
    }

    private static bool IndexesLocalArray(IrInstruction[] inside)
    {
        HashSet<IrValue> changing = [.. inside];
        return inside.Any(one => one.Opcode is IrOpcode.ElementAddress or IrOpcode.ByteAddress
            && IrAddress.Root(one) is IrInstruction { Opcode: IrOpcode.LocalArray }
            && (changing.Contains(one.Operands[1]) || one.Operands[1] is IrBlockParameter));
    }
}
