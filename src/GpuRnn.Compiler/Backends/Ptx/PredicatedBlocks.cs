using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Ptx;

/// <summary>Finds the short blocks behind a condition that are better written under a predicate than jumped over.</summary>
/// <remarks>
/// Such a block has one way in and one way out, to where the other way of its branch leads, and nothing in it is slow or waits for other
/// work-items.
/// </remarks>
internal sealed class PredicatedBlocks
{
    // As long as the branch that it replaces would cost; the assembler joins longer ones by its own measure.
    private const int MaximumInstructions = 8;

    private readonly Dictionary<IrBlock, IrBlock> _inner = [];

    internal PredicatedBlocks(ControlFlow flow, NeededValues needed)
    {
        HashSet<IrBlock> taken = [];
        foreach (IrBlock block in flow.Blocks.Where(block => block.Edges.Count == 2))
        {
            foreach ((IrEdge edge, IrEdge other) in new[] { (block.Edges[0], block.Edges[1]), (block.Edges[1], block.Edges[0]) })
            {
                IrBlock inner = edge.Target;
                bool isAlone = flow.Predecessors(inner).Count == 1 && other.Target != inner && inner.Parameters.Count == 0;
                if (isAlone && inner.Edges.Count == 1 && inner.Edges[0].Target == other.Target && other.Target != block && !taken.Contains(block)
                    && !other.Target.Parameters.Contains(block.Condition) && IsShort(inner, needed))
                {
                    _inner[block] = inner;
                    taken.Add(inner);
                    break;
                }
            }
        }
    }

    /// <summary>The block that is written under the predicate of a branch; null when the branch is a branch.</summary>
    internal IrBlock? Behind(IrBlock branch) => _inner.GetValueOrDefault(branch);

    internal bool Contains(IrBlock block) => _inner.ContainsValue(block);

    private static bool IsShort(IrBlock block, NeededValues needed) =>
        block.Instructions.Count(needed.Contains) <= MaximumInstructions && block.Instructions.TrueForAll(IsLight);

    private static bool IsLight(IrInstruction one) => one.Opcode switch
    {
        IrOpcode.Load or IrOpcode.Store => true,
        IrOpcode.Divide or IrOpcode.DivideUnsigned or IrOpcode.Remainder or IrOpcode.RemainderUnsigned => false,
        IrOpcode.Math => (MathFunction)one.Immediate is MathFunction.MultiplyAdd or MathFunction.Abs,
        _ => one.IsPure,
    };
}
