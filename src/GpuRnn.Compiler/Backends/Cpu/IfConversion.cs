using GpuRnn.Compiler.Ir;
using GpuRnn.Compiler.Passes;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>Turns short branches without effects into selections, which vectors can take where lanes differ.</summary>
internal static class IfConversion
{
    // What both ways cost together stays below a mispredicted branch.
    private const int MaximumInstructions = 12;

    internal static void Run(IrFunction function)
    {
        bool changed = true;
        while (changed)
        {
            changed = false;
            foreach (IrBlock block in function.Blocks.Where(block => block.Edges.Count == 2))
            {
                changed |= Convert(function, block);
            }

            ControlFlowCleanup.Run(function);
        }
    }

    private static bool Convert(IrFunction function, IrBlock block)
    {
        IrEdge whenTrue = Passing(function, block, block.Edges[0]);
        IrEdge whenFalse = Passing(function, block, block.Edges[1]);
        IrBlock target = whenTrue.Target;
        if (target != whenFalse.Target || target == block || target.Parameters.Exists(parameter => parameter.Type.IsPointer))
        {
            return false;
        }

        foreach (IrEdge edge in block.Edges.Where(edge => edge.Target != target).ToArray())
        {
            edge.Target.Instructions.ForEach(block.Append);
            edge.Target.Instructions.Clear();
        }

        IrValue condition = block.Condition!;
        IrEdge joined = new(target);
        for (int i = 0; i < target.Parameters.Count; i++)
        {
            IrType type = target.Parameters[i].Type;
            IrInstruction chosen = new(IrOpcode.Select, type, function.NextId(), [condition, whenTrue.Arguments[i], whenFalse.Arguments[i]]);
            block.Append(chosen);
            joined.Arguments.Add(chosen);
        }

        block.SetJump(joined);
        return true;
    }

    /// <summary>The edge behind a block that only computes, that nobody else reaches, and that takes no arguments; otherwise the edge itself.</summary>
    private static IrEdge Passing(IrFunction function, IrBlock from, IrEdge edge)
    {
        IrBlock side = edge.Target;
        bool isShort = side != from && side.Edges.Count == 1 && side.Edges[0].Target != side && side.Parameters.Count == 0
            && side.Instructions.Count <= MaximumInstructions
            && side.Instructions.TrueForAll(one => one.IsPure && !one.MayFault && one.Opcode != IrOpcode.Math);
        return isShort && function.Blocks.Sum(block => block.Edges.Count(other => other.Target == side)) == 1 ? side.Edges[0] : edge;
    }
}
