using GpuRnn.Compiler.Ir;
using GpuRnn.Compiler.Passes;

namespace GpuRnn.Compiler.Backends.OpenCl;

/// <summary>Makes what enters a loop depend on the work-item where work-items make different numbers of rounds and meet at a barrier behind it.</summary>
/// <remarks>
/// PoCL 3.1 runs the work-items of a group one after the other between two barriers, and keeps one copy for all of them of a variable whose
/// assignments look alike for all. It does not see that a variable of a loop depends on the number of rounds: behind the barrier everyone gets
/// the last one's. A variable that begins with another number for a work-item that does not exist (−1) does not look alike; once the
/// work-items are numbered by PoCL's own loops, the comparison folds away.
/// </remarks>
internal static class LoopEntries
{
    internal static void Run(IrFunction function)
    {
        IrBlock[] barriers = [.. function.Blocks.Where(block => block.Instructions.Any(one => one.Opcode == IrOpcode.Barrier))];
        if (barriers.Length == 0)
        {
            return;
        }

        ControlFlow flow = new(function);
        Dictionary<IrBlock, HashSet<IrBlock>> loops = flow.Loops();
        (HashSet<IrValue> varying, HashSet<IrBlock> divergent) = Uniformity.Analyse(function, one => Uniformity.IsSource(one, isWarp: false));
        foreach ((IrBlock header, HashSet<IrBlock> body) in loops.Where(loop => divergent.Contains(loop.Key)))
        {
            // A loop that some leave before the others holds no barrier, so every barrier that it reaches is behind it.
            if (!ControlFlow.ReversePostorder(header).Exists(barriers.Contains))
            {
                continue;
            }

            foreach (IrBlock from in flow.Predecessors(header).Where(block => !body.Contains(block)))
            {
                from.Edges.Where(edge => edge.Target == header).ToList().ForEach(edge => Mark(function, from, edge, varying));
            }
        }
    }

    private static void Mark(IrFunction function, IrBlock from, IrEdge edge, HashSet<IrValue> varying)
    {
        InstructionInserter inserter = new(function, from, null);
        for (int i = 0; i < edge.Arguments.Count; i++)
        {
            IrValue start = edge.Arguments[i];
            if (!varying.Contains(start))
            {
                IrValue item = inserter.Emit(IrOpcode.WorkItem, IrType.I32, (int)WorkItemQuery.GroupIndexX);
                IrValue isNobody = inserter.Emit(IrOpcode.Equal, IrType.Bool, item, IrConstant.Of(-1));
                edge.Arguments[i] = inserter.Emit(IrOpcode.Select, start.Type, isNobody, Another(inserter, start), start);
            }
        }

        inserter.Instructions.ForEach(from.Append);
    }

    private static IrValue Another(InstructionInserter inserter, IrValue start)
    {
        IrType scalar = start.Type.Scalar;
        return start switch
        {
            { Type.IsPointer: true } => inserter.Emit(IrOpcode.ByteAddress, start.Type, start, IrConstant.Of(1L)),
            IrConstant { Bits: 0 } => IrConstant.Splat(start.Type, scalar.Kind switch
            {
                ScalarKind.Bool => IrConstant.Of(true),
                ScalarKind.F32 => IrConstant.Of(1f),
                ScalarKind.F64 => IrConstant.Of(1.0),
                _ => IrConstant.Integer(scalar, 1),
            }),
            _ => IrConstant.Zero(start.Type),
        };
    }
}
