using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Passes;

/// <summary>Finds the values that may differ between the work-items of a group, and refuses barriers that depend on one.</summary>
/// <remarks>
/// Cautious: every load is taken as varying, also one from an address that is the same everywhere, because another work-item may write there.
/// A block depends on a branch when it stands between it and the first block that all ways from it pass.
/// </remarks>
internal static class Uniformity
{
    /// <exception cref="KernelNotSupportedException">GK0017: a barrier that not all work-items of a group reach together.</exception>
    internal static void Run(IrFunction function)
    {
        IrInstruction[] barriers = [.. function.Instructions.Where(one => one.Opcode == IrOpcode.Barrier)];
        if (barriers.Length == 0)
        {
            return;
        }

        if (function.LaunchDimensions > 0)
        {
            throw Refusal.Barrier(Where(function, barriers[0]), "stands in a kernel with an index parameter");
        }

        HashSet<IrBlock> divergent = DivergentBlocks(function);
        foreach (IrInstruction barrier in barriers)
        {
            if (divergent.Contains(barrier.Block!))
            {
                throw Refusal.Barrier(Where(function, barrier), "stands where a condition leads that differs between work-items");
            }
        }
    }

    /// <summary>The blocks that some work-items of a group may reach without the others.</summary>
    internal static HashSet<IrBlock> DivergentBlocks(IrFunction function)
    {
        HashSet<IrValue> varying = [];
        HashSet<IrBlock> divergent = [];
        int before = -1;
        while (before != varying.Count + divergent.Count)
        {
            before = varying.Count + divergent.Count;
            varying.UnionWith(function.Instructions.Where(one => IsSource(one) || one.Operands.Any(varying.Contains)));
            foreach (IrBlock block in function.Blocks)
            {
                MarkParameters(block, varying);
                if (block.Condition is not null && varying.Contains(block.Condition))
                {
                    MarkBetween(function, block, varying, divergent);
                }
            }
        }

        return divergent;
    }

    private static string Where(IrFunction function, IrInstruction barrier) =>
        barrier.Source is null ? function.Name : $"{function.Name} at {barrier.Source}";

    private static bool IsSource(IrInstruction instruction) => instruction.Opcode is IrOpcode.Load or IrOpcode.Atomic
        || (instruction.Opcode == IrOpcode.WorkItem && (WorkItemQuery)instruction.Immediate <= WorkItemQuery.GroupIndexZ);

    private static void MarkParameters(IrBlock block, HashSet<IrValue> varying)
    {
        foreach (IrEdge edge in block.Edges)
        {
            for (int i = 0; i < edge.Arguments.Count; i++)
            {
                if (varying.Contains(edge.Arguments[i]))
                {
                    varying.Add(edge.Target.Parameters[i]);
                }
            }
        }
    }

    // Between the branch and the first block that all its ways pass, work-items may be apart; what meets there differs between them.
    private static void MarkBetween(IrFunction function, IrBlock branch, HashSet<IrValue> varying, HashSet<IrBlock> divergent)
    {
        IrBlock? meeting = ImmediatePostdominator(function, branch);
        if (meeting is not null)
        {
            varying.UnionWith(meeting.Parameters);
        }

        foreach (IrBlock block in branch.Edges.SelectMany(edge => Reachable(edge.Target, meeting)).ToHashSet())
        {
            divergent.Add(block);
            varying.UnionWith(block.Parameters);
        }
    }

    private static IrBlock? ImmediatePostdominator(IrFunction function, IrBlock block)
    {
        IrBlock[] passed = [.. Reachable(block, null).Where(other => other != block && Postdominates(other, block))];
        return Array.Find(passed, nearest => passed.All(other => other == nearest || Postdominates(other, nearest)));
    }

    private static bool Postdominates(IrBlock later, IrBlock block) => Reachable(block, later).All(one => one.Edges.Count > 0);

    /// <summary>The blocks on ways from a block that do not pass <paramref name="without"/>, the block itself included.</summary>
    private static HashSet<IrBlock> Reachable(IrBlock from, IrBlock? without)
    {
        HashSet<IrBlock> seen = [];
        Stack<IrBlock> open = new([from]);
        while (open.TryPop(out IrBlock? block))
        {
            if (block != without && seen.Add(block))
            {
                block.Edges.ForEach(edge => open.Push(edge.Target));
            }
        }

        return seen;
    }
}
