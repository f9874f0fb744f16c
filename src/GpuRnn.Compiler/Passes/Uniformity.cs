using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Passes;

/// <summary>Finds the values that may differ between the work-items of a group or a warp, and refuses barriers that depend on one.</summary>
/// <remarks>
/// A barrier of the group needs conditions that are the same in the group, a collective of the warp those that are the same in the warp.
/// Cautious: a load is taken as varying, also one from an address that is the same everywhere, because another work-item may write there. The
/// exception is a load from a view that the kernel only reads: it is the same where its address is. (Whoever passes the same memory as
/// another view, and writes that without a barrier before the load, has a race whatever the compiler does.)
/// A block depends on a branch when it stands between it and the first block that all ways from it pass.
/// </remarks>
internal static class Uniformity
{
    /// <exception cref="KernelNotSupportedException">
    /// GK0017: a barrier that not all work-items of a group reach together. GK0021: a collective that not all lanes of a warp reach together.
    /// </exception>
    internal static void Run(IrFunction function)
    {
        RequireTogether(function, false);
        RequireTogether(function, true);
    }

    /// <summary>The blocks that some work-items of a group, or of a warp, may reach without the others.</summary>
    internal static HashSet<IrBlock> DivergentBlocks(IrFunction function, bool isWarp = false) =>
        Analyse(function, one => IsSource(one, isWarp)).Blocks;

    /// <summary>The values that differ between work-items, and the blocks that some may reach without the others.</summary>
    /// <param name="function">The kernel.</param>
    /// <param name="isSource">True for an instruction whose result may differ although its operands do not.</param>
    internal static (HashSet<IrValue> Varying, HashSet<IrBlock> Blocks) Analyse(IrFunction function, Func<IrInstruction, bool> isSource)
    {
        HashSet<IrInstruction> steady = SteadyLoads(function);
        HashSet<IrValue> varying = [];
        HashSet<IrBlock> divergent = [];
        HashSet<IrBlock> parting = [];
        Postdominators meetings = new(function);
        int before = -1;
        while (before != varying.Count + divergent.Count)
        {
            before = varying.Count + divergent.Count;
            varying.UnionWith(function.Instructions.Where(one => (isSource(one) && !steady.Contains(one)) || one.Operands.Any(varying.Contains)));
            foreach (IrBlock block in function.Blocks)
            {
                MarkParameters(block, varying);
                if (block.Condition is not null && varying.Contains(block.Condition) && parting.Add(block))
                {
                    MarkBetween(block, meetings.Nearest(block), varying, divergent);
                }
            }
        }

        return (varying, divergent);
    }

    /// <summary>The loads from parameters that the kernel neither stores to nor hands on as an address.</summary>
    private static HashSet<IrInstruction> SteadyLoads(IrFunction function)
    {
        HashSet<IrValue> handedOn = [.. function.Blocks.SelectMany(block => block.Edges).SelectMany(edge => edge.Arguments).Select(IrAddress.Root)];
        foreach (IrInstruction user in function.Instructions.Where(one => one.Opcode is not (IrOpcode.Load or IrOpcode.ElementAddress or IrOpcode.ByteAddress or IrOpcode.AlignedAddress)))
        {
            handedOn.UnionWith(user.Operands.Where(operand => operand.Type.IsPointer).Select(IrAddress.Root));
        }

        return [.. function.Instructions.Where(one =>
            one.Opcode == IrOpcode.Load && IrAddress.Root(one.Operands[0]) is IrParameter parameter && !handedOn.Contains(parameter))];
    }

    private static string Where(IrFunction function, IrInstruction barrier) =>
        barrier.Source is null ? function.Name : $"{function.Name} at {barrier.Source}";

    private static void RequireTogether(IrFunction function, bool isWarp)
    {
        IrInstruction[] meetings = [.. function.Instructions.Where(one => one.IsMeeting && one.Opcode == IrOpcode.Barrier != isWarp)];
        if (meetings.Length == 0)
        {
            return;
        }

        HashSet<IrBlock> divergent = DivergentBlocks(function, isWarp);
        foreach (IrInstruction meeting in meetings)
        {
            string? reason = function.LaunchDimensions > 0 ? "stands in a kernel with an index parameter"
                : divergent.Contains(meeting.Block!) ? "stands where a condition leads that differs between work-items"
                : null;
            if (reason is not null)
            {
                throw isWarp ? Refusal.Collective(Where(function, meeting), reason) : Refusal.Barrier(Where(function, meeting), reason);
            }
        }
    }

    /// <summary>True for what may differ between the work-items of a group, or of a warp, by itself.</summary>
    internal static bool IsSource(IrInstruction instruction, bool isWarp) => instruction.Opcode switch
    {
        IrOpcode.Load or IrOpcode.LoadAcquire or IrOpcode.Atomic or IrOpcode.WarpShuffle or IrOpcode.WarpMatrix => true,
        IrOpcode.WorkItem => (WorkItemQuery)instruction.Immediate switch
        {
            WorkItemQuery.LaneIndex => true,
            WorkItemQuery.WarpIndex => !isWarp,
            WorkItemQuery query => query <= WorkItemQuery.GroupIndexZ,
        },
        _ => false,
    };

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

    // Between the branch and the first block that all its ways pass, work-items may be apart; what meets there differs between them,
    // unless every way brings the same.
    private static void MarkBetween(IrBlock branch, IrBlock? meeting, HashSet<IrValue> varying, HashSet<IrBlock> divergent)
    {
        HashSet<IrBlock> between = [.. branch.Edges.SelectMany(edge => Reachable(edge.Target, meeting))];
        foreach (IrBlock block in between)
        {
            divergent.Add(block);
            varying.UnionWith(block.Parameters);
        }

        if (meeting is not null)
        {
            IrEdge[] ways = [.. between.Append(branch).SelectMany(block => block.Edges).Where(edge => edge.Target == meeting)];
            varying.UnionWith(meeting.Parameters.Where((_, i) => !ways.All(way => IsSame(way.Arguments[i], ways[0].Arguments[i]))));
        }
    }

    /// <summary>True for one value, or for equal constants.</summary>
    internal static bool IsSame(IrValue first, IrValue second) => first == second
        || (first is IrConstant left && second is IrConstant right && left.SameAs(right));

    /// <summary>The blocks on ways from a block that do not pass <paramref name="without"/>, the block itself included.</summary>
    internal static HashSet<IrBlock> Reachable(IrBlock from, IrBlock? without)
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
