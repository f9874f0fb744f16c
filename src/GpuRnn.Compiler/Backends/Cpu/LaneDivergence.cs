using GpuRnn.Compiler.Ir;
using GpuRnn.Compiler.Passes;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>Which values differ between neighbouring work-items that run in the lanes of one vector, and which blocks only some lanes may reach.</summary>
/// <remarks>
/// Unlike the uniformity pass, which speaks of all work-items at all times, this one speaks of lanes that run in step. What a load from one
/// address gives is therefore the same in all lanes. A loop that some lanes leave earlier counts alike for those still in it; a value that
/// leaves such a loop differs, because the lanes took it along at different times. Where ways meet follows Karrenberg and Hack (2011),
/// "Whole-function vectorization": a block that two ways from one branch reach takes its parameters from different lanes.
/// </remarks>
internal sealed class LaneDivergence
{
    private readonly IrFunction _function;
    private readonly ControlFlow _flow;
    private readonly IReadOnlySet<IrValue> _varyingInGroup;
    private readonly Dictionary<IrBlock, HashSet<IrBlock>> _loops;
    private readonly Dictionary<IrBlock, HashSet<IrBlock>> _between = [];
    private readonly Postdominators _meetings;
    private readonly HashSet<IrBlock> _leftApart = [];
    private readonly HashSet<IrBlock> _partial = [];
    private readonly HashSet<IrValue> _varying = [];
    private readonly HashSet<IrValue> _escaping = [];
    private readonly HashSet<IrValue> _mixed = [];

    /// <param name="function">The kernel, cut at its barriers.</param>
    /// <param name="flow">Its blocks.</param>
    /// <param name="varyingInGroup">What may differ between any work-items; nothing else does between neighbours.</param>
    internal LaneDivergence(IrFunction function, ControlFlow flow, IReadOnlySet<IrValue> varyingInGroup)
    {
        _function = function;
        _flow = flow;
        _varyingInGroup = varyingInGroup;
        _loops = flow.Loops();
        _meetings = new Postdominators(function);
        IsReducible = flow.Blocks.All(block => block.Edges.TrueForAll(edge => flow.Order(edge.Target) > flow.Order(block) || flow.Dominates(edge.Target, block)));
        int before = -1;
        while (before != _varying.Count + _between.Count)
        {
            before = _varying.Count + _between.Count;
            Mark();
        }
    }

    /// <summary>False when a loop has several entries, so that the lanes in it have no common header to wait at.</summary>
    internal bool IsReducible { get; }

    /// <summary>For each branch that lanes may take differently, the blocks that they pass before they meet again.</summary>
    internal IReadOnlyDictionary<IrBlock, HashSet<IrBlock>> Between => _between;

    /// <summary>Each loop by its header.</summary>
    internal IReadOnlyDictionary<IrBlock, HashSet<IrBlock>> Loops => _loops;

    internal bool IsVarying(IrValue value) => _varying.Contains(value);

    /// <summary>True for a block that some lanes may reach without the others.</summary>
    internal bool IsPartial(IrBlock block) => _partial.Contains(block);

    /// <summary>True for a value that lanes take out of a loop at different times: it must stay as it was in those that have left.</summary>
    internal bool Escapes(IrValue value) => _escaping.Contains(value);

    /// <summary>True for a parameter that lanes bring from different ways.</summary>
    internal bool IsMixed(IrValue parameter) => _mixed.Contains(parameter);

    private static bool IsSource(IrInstruction instruction) => instruction.Opcode switch
    {
        IrOpcode.Atomic or IrOpcode.LoadAcquire or IrOpcode.WarpShuffle or IrOpcode.LocalArray => true,
        IrOpcode.WorkItem => (WorkItemQuery)instruction.Immediate is WorkItemQuery.LaunchIndexX or WorkItemQuery.GroupIndexX
            or WorkItemQuery.LaneIndex or WorkItemQuery.WarpIndex,
        _ => false,
    };

    private void Mark()
    {
        foreach (IrBlock block in _flow.Blocks)
        {
            _varying.UnionWith(block.Instructions.Where(one => IsSource(one) || one.Operands.Any(_varying.Contains)));
            foreach (IrEdge edge in block.Edges)
            {
                _varying.UnionWith(edge.Target.Parameters.Where((_, i) => _varying.Contains(edge.Arguments[i])));
            }

            if (block.Condition is not null && _varying.Contains(block.Condition) && !_between.ContainsKey(block))
            {
                Spread(block);
            }
        }
    }

    private void Spread(IrBlock branch)
    {
        IrBlock? meeting = _meetings.Nearest(branch);
        HashSet<IrBlock> between = [.. branch.Edges.SelectMany(edge => Uniformity.Reachable(edge.Target, meeting))];
        _between[branch] = between;
        _partial.UnionWith(between);
        MarkMeetings(branch, meeting, between);
        foreach ((IrBlock header, HashSet<IrBlock> body) in _loops)
        {
            if (body.Contains(branch) && (meeting is null || !body.Contains(meeting)) && _leftApart.Add(header))
            {
                Leave(body);
            }
        }
    }

    // Each side's ways are followed in order; a block that both reach, or that a side reaches twice behind a meeting, mixes them.
    private void MarkMeetings(IrBlock branch, IrBlock? meeting, HashSet<IrBlock> between)
    {
        Dictionary<IrBlock, IrBlock> origins = [];
        SortedDictionary<int, IrBlock> open = [];
        void Reach(IrBlock from, IrBlock target, IrBlock origin)
        {
            bool isNextRound = _flow.Order(target) <= _flow.Order(from);
            if (origins.TryGetValue(target, out IrBlock? known))
            {
                if (known != origin)
                {
                    Mix(target, between.Append(branch));
                    origins[target] = target;
                }

                return;
            }

            origins[target] = origin;
            if (!isNextRound && target != meeting)
            {
                open[_flow.Order(target)] = target;
            }
        }

        if (branch.Edges[0].Target == branch.Edges[1].Target)
        {
            Mix(branch.Edges[0].Target, [branch]);
        }

        branch.Edges.ForEach(edge => Reach(branch, edge.Target, edge.Target));
        while (open.Count > 0)
        {
            (int order, IrBlock block) = open.First();
            open.Remove(order);
            block.Edges.ForEach(edge => Reach(block, edge.Target, origins[block]));
        }
    }

    private void Mix(IrBlock block, IEnumerable<IrBlock> before)
    {
        IrEdge[] ways = [.. before.SelectMany(from => from.Edges).Where(edge => edge.Target == block)];
        Mix(block.Parameters.Where((_, i) => !ways.All(way => Uniformity.IsSame(way.Arguments[i], ways[0].Arguments[i]))));
    }

    private void Mix(IEnumerable<IrValue> values)
    {
        foreach (IrValue value in values.Where(_varyingInGroup.Contains))
        {
            _varying.Add(value);
            _mixed.Add(value);
        }
    }

    private void Leave(HashSet<IrBlock> body)
    {
        IEnumerable<IrBlock> targets = body.SelectMany(block => block.Edges).Select(edge => edge.Target).Where(target => !body.Contains(target));
        Mix(targets.SelectMany(target => target.Parameters));
        HashSet<IrValue> used = [.. _function.Blocks.Where(block => !body.Contains(block)).SelectMany(Used)];
        used.IntersectWith(body.SelectMany(block => block.Parameters.Concat<IrValue>(block.Instructions)));
        used.IntersectWith(_varyingInGroup);
        _escaping.UnionWith(used);
        Mix(used);
    }

    private static IEnumerable<IrValue> Used(IrBlock block) => block.Instructions
        .SelectMany(one => one.Operands)
        .Concat(block.Edges.SelectMany(edge => edge.Arguments))
        .Append(block.Condition!);
}
