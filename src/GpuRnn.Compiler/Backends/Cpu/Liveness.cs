using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>Which values are needed at the beginning of a block, of those that were computed before it.</summary>
internal sealed class Liveness
{
    private readonly Dictionary<IrBlock, HashSet<IrValue>> _liveInto = [];

    internal Liveness(IrFunction function, ControlFlow flow)
    {
        function.Blocks.ForEach(block => _liveInto[block] = []);
        bool changed = true;
        while (changed)
        {
            changed = false;
            foreach (IrBlock block in flow.Blocks.Reverse())
            {
                int before = _liveInto[block].Count;
                _liveInto[block].UnionWith(LiveInto(block, block.Edges.SelectMany(edge => _liveInto[edge.Target])));
                changed |= _liveInto[block].Count != before;
            }
        }
    }

    /// <summary>In order of appearance, so that the same kernel always gives the same code.</summary>
    internal IEnumerable<IrValue> LiveInto(IrBlock block) => _liveInto[block].OrderBy(value => value switch
    {
        IrInstruction instruction => instruction.Id,
        IrBlockParameter parameter => parameter.Id,
        _ => -1,
    });

    private static HashSet<IrValue> LiveInto(IrBlock block, IEnumerable<IrValue> behind)
    {
        HashSet<IrValue> live = [.. behind, .. block.Edges.SelectMany(edge => edge.Arguments).Where(IsTracked)];
        if (block.Condition is not null && IsTracked(block.Condition))
        {
            live.Add(block.Condition);
        }

        for (int i = block.Instructions.Count - 1; i >= 0; i--)
        {
            live.Remove(block.Instructions[i]);
            live.UnionWith(block.Instructions[i].Operands.Where(IsTracked));
        }

        live.ExceptWith(block.Parameters);
        return live;
    }

    private static bool IsTracked(IrValue value) => value is IrInstruction or IrBlockParameter;
}
