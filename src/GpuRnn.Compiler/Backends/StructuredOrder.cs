using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends;

/// <summary>Where each block of a function stands in a text of loops and conditions.</summary>
/// <remarks>
/// After Ramsey (2022), "Beyond relooper": a block stands inside the text of its immediate dominator. Where ways meet, the block follows that
/// text; a block with one way to it stands in the branch. What comes after a loop follows the loop instead of standing in it.
/// </remarks>
internal sealed class StructuredOrder
{
    private readonly Dictionary<IrBlock, List<IrBlock>> _followers = [];
    private readonly Dictionary<IrBlock, List<IrBlock>> _afterLoop = [];
    private readonly HashSet<IrBlock> _inBranch = [];

    internal StructuredOrder(IrFunction function)
    {
        Flow = new ControlFlow(function);
        Loops = Flow.Loops();
        foreach (IrBlock block in Flow.Blocks.Skip(1))
        {
            Place(block);
        }
    }

    internal ControlFlow Flow { get; }

    internal Dictionary<IrBlock, HashSet<IrBlock>> Loops { get; }

    /// <summary>True for a block that stands where the one branch to it stands.</summary>
    internal bool IsInBranch(IrBlock block) => _inBranch.Contains(block);

    /// <summary>The blocks behind a block's own text, inside the loop if the block begins one.</summary>
    internal IReadOnlyList<IrBlock> Followers(IrBlock block) => _followers.GetValueOrDefault(block) ?? [];

    /// <summary>The blocks behind the loop that a block begins.</summary>
    internal IReadOnlyList<IrBlock> AfterLoop(IrBlock header) => _afterLoop.GetValueOrDefault(header) ?? [];

    /// <summary>True when some loop around <paramref name="definition"/> is not around <paramref name="use"/>.</summary>
    internal bool LeavesLoop(IrBlock definition, IrBlock use) => Loops.Values.Any(body => body.Contains(definition) && !body.Contains(use));

    private void Place(IrBlock block)
    {
        IrBlock dominator = Flow.ImmediateDominator(block)!;
        IrBlock? header = Loops
            .Where(loop => loop.Value.Contains(dominator) && !loop.Value.Contains(block))
            .OrderByDescending(loop => loop.Value.Count)
            .Select(loop => loop.Key)
            .FirstOrDefault();
        if (header is not null)
        {
            Add(_afterLoop, header, block);
            return;
        }

        int ways = Flow.Predecessors(block)
            .Where(from => Flow.Order(from) < Flow.Order(block))
            .Sum(from => from.Edges.Count(edge => edge.Target == block));
        if (ways > 1)
        {
            Add(_followers, dominator, block);
        }
        else
        {
            _inBranch.Add(block);
        }
    }

    // Blocks arrive in reverse postorder, in which none can jump back to an earlier one of the same list.
    private static void Add(Dictionary<IrBlock, List<IrBlock>> lists, IrBlock owner, IrBlock block) =>
        (lists.TryGetValue(owner, out List<IrBlock>? list) ? list : lists[owner] = []).Add(block);
}
