namespace GpuRnn.Compiler.Ir;

/// <summary>For each block of a function the first block that all its ways to an end pass.</summary>
/// <remarks>Dominators of the reversed graph from one end behind all returns (Cooper, Harvey and Kennedy, 2001). Ways that never end do not count.</remarks>
internal sealed class Postdominators
{
    private readonly Dictionary<IrBlock, IrBlock?> _nearest = [];
    private readonly Dictionary<IrBlock, int> _order = [];

    internal Postdominators(IrFunction function)
    {
        List<IrBlock> blocks = ControlFlow.ReversePostorder(function.Entry);
        Dictionary<IrBlock, List<IrBlock>> predecessors = blocks.ToDictionary(block => block, _ => new List<IrBlock>());
        blocks.ForEach(block => block.Edges.ForEach(edge => predecessors[edge.Target].Add(block)));
        List<IrBlock> backwards = [];
        foreach (IrBlock end in blocks.Where(block => block.Edges.Count == 0))
        {
            Finish(end, predecessors, backwards);
        }

        backwards.Reverse();
        for (int i = 0; i < backwards.Count; i++)
        {
            _order[backwards[i]] = i;
        }

        bool changed = true;
        while (changed)
        {
            changed = false;
            foreach (IrBlock block in backwards)
            {
                IrBlock? nearest = block.Edges.Select(edge => (IrBlock?)edge.Target).Where(target => _nearest.ContainsKey(target!))
                    .DefaultIfEmpty(null).Aggregate(Meet);
                if (!_nearest.TryGetValue(block, out IrBlock? old) || old != nearest)
                {
                    _nearest[block] = nearest;
                    changed = true;
                }
            }
        }
    }

    /// <summary>The first block that all ways from a block to an end pass; null when they have none in common, or never end.</summary>
    internal IrBlock? Nearest(IrBlock block) => _nearest.GetValueOrDefault(block);

    // Depth first along the reversed edges; a block is noted when all behind it are.
    private static void Finish(IrBlock end, Dictionary<IrBlock, List<IrBlock>> predecessors, List<IrBlock> finished)
    {
        HashSet<IrBlock> seen = [.. finished, end];
        Stack<(IrBlock Block, int Next)> path = new([(end, 0)]);
        while (path.TryPop(out (IrBlock Block, int Next) top))
        {
            if (top.Next == predecessors[top.Block].Count)
            {
                finished.Add(top.Block);
                continue;
            }

            path.Push((top.Block, top.Next + 1));
            IrBlock before = predecessors[top.Block][top.Next];
            if (seen.Add(before))
            {
                path.Push((before, 0));
            }
        }
    }

    private IrBlock? Meet(IrBlock? first, IrBlock? second)
    {
        while (first != second)
        {
            if (first is null || second is null)
            {
                return null;
            }

            if (_order[first] > _order[second])
            {
                first = _nearest[first];
            }
            else
            {
                second = _nearest[second];
            }
        }

        return first;
    }
}
