namespace GpuRnn.Compiler.Ir;

/// <summary>Order, predecessors and dominators of the blocks that the entry reaches; a snapshot that does not follow changes.</summary>
/// <remarks>Dominators after Cooper, Harvey and Kennedy (2001), "A simple, fast dominance algorithm".</remarks>
internal sealed class ControlFlow
{
    private readonly Dictionary<IrBlock, int> _order = [];
    private readonly Dictionary<IrBlock, List<IrBlock>> _predecessors = [];
    private readonly Dictionary<IrBlock, IrBlock> _dominators = [];

    internal ControlFlow(IrFunction function)
    {
        Blocks = ReversePostorder(function.Entry);
        for (int i = 0; i < Blocks.Count; i++)
        {
            _order[Blocks[i]] = i;
            _predecessors[Blocks[i]] = [];
        }

        foreach (IrBlock block in Blocks)
        {
            foreach (IrBlock target in block.Edges.Select(edge => edge.Target).Distinct())
            {
                _predecessors[target].Add(block);
            }
        }

        FindDominators();
    }

    /// <summary>The reachable blocks in reverse postorder: a block stands after those that dominate it.</summary>
    internal IReadOnlyList<IrBlock> Blocks { get; }

    internal bool IsReachable(IrBlock block) => _order.ContainsKey(block);

    internal int Order(IrBlock block) => _order[block];

    internal IReadOnlyList<IrBlock> Predecessors(IrBlock block) => _predecessors[block];

    /// <summary>The nearest block through which every way to <paramref name="block"/> leads; null for the entry.</summary>
    internal IrBlock? ImmediateDominator(IrBlock block) => block == Blocks[0] ? null : _dominators[block];

    internal IEnumerable<IrBlock> DominatedBy(IrBlock block) => Blocks.Where(other => ImmediateDominator(other) == block);

    internal bool Dominates(IrBlock upper, IrBlock lower)
    {
        for (IrBlock? block = lower; block is not null; block = ImmediateDominator(block))
        {
            if (block == upper)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Each loop by its header; the blocks from which the header is reached again without leaving through it.</summary>
    internal Dictionary<IrBlock, HashSet<IrBlock>> Loops()
    {
        Dictionary<IrBlock, HashSet<IrBlock>> loops = [];
        foreach (IrBlock block in Blocks)
        {
            foreach (IrBlock header in block.Edges.Select(edge => edge.Target).Distinct().Where(target => Dominates(target, block)))
            {
                if (!loops.TryGetValue(header, out HashSet<IrBlock>? body))
                {
                    loops[header] = body = [header];
                }

                Stack<IrBlock> open = new([block]);
                while (open.TryPop(out IrBlock? inside))
                {
                    if (body.Add(inside))
                    {
                        _predecessors[inside].ForEach(open.Push);
                    }
                }
            }
        }

        return loops;
    }

    /// <summary>The blocks that an entry reaches, each behind those that dominate it.</summary>
    internal static List<IrBlock> ReversePostorder(IrBlock entry)
    {
        List<IrBlock> finished = [];
        HashSet<IrBlock> seen = [entry];
        Stack<(IrBlock Block, int Next)> path = new([(entry, 0)]);
        while (path.TryPop(out (IrBlock Block, int Next) top))
        {
            // The false edge first, so that what happens when a condition holds comes first in the reversed order.
            int edge = top.Block.Edges.Count - 1 - top.Next;
            if (edge < 0)
            {
                finished.Add(top.Block);
                continue;
            }

            path.Push((top.Block, top.Next + 1));
            if (seen.Add(top.Block.Edges[edge].Target))
            {
                path.Push((top.Block.Edges[edge].Target, 0));
            }
        }

        finished.Reverse();
        return finished;
    }

    private void FindDominators()
    {
        _dominators[Blocks[0]] = Blocks[0];
        bool changed = true;
        while (changed)
        {
            changed = false;
            foreach (IrBlock block in Blocks.Skip(1))
            {
                IrBlock nearest = _predecessors[block].Where(_dominators.ContainsKey).Aggregate(Intersect);
                if (!_dominators.TryGetValue(block, out IrBlock? old) || old != nearest)
                {
                    _dominators[block] = nearest;
                    changed = true;
                }
            }
        }
    }

    private IrBlock Intersect(IrBlock first, IrBlock second)
    {
        while (first != second)
        {
            if (_order[first] > _order[second])
            {
                first = _dominators[first];
            }
            else
            {
                second = _dominators[second];
            }
        }

        return first;
    }
}
