using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Passes;

/// <summary>Removes blocks that cannot be reached, puts the others in order, joins blocks that always follow each other, and drops needless block parameters.</summary>
internal static class ControlFlowCleanup
{
    internal static void Run(IrFunction function)
    {
        bool changed = true;
        while (changed)
        {
            RemoveUnreachable(function);
            changed = DropParameters(function) | SkipEmpty(function);
            RemoveUnreachable(function);
            changed |= Join(function);
        }
    }

    private static void RemoveUnreachable(IrFunction function)
    {
        List<IrBlock> reachable = ControlFlow.ReversePostorder(function.Entry);
        function.Blocks.Clear();
        function.Blocks.AddRange(reachable);
    }

    // A parameter that gets one value from everywhere, or itself, is that value.
    private static bool DropParameters(IrFunction function)
    {
        Dictionary<IrValue, IrValue> replacements = [];
        Dictionary<IrBlock, List<IrEdge>> incoming = function.Blocks
            .SelectMany(block => block.Edges)
            .GroupBy(edge => edge.Target)
            .ToDictionary(group => group.Key, group => group.ToList());
        foreach (IrBlock block in function.Blocks)
        {
            for (int i = block.Parameters.Count - 1; i >= 0; i--)
            {
                IrBlockParameter parameter = block.Parameters[i];
                IrValue? only = OnlyArgument(incoming[block], parameter, i, replacements);
                if (only is null)
                {
                    continue;
                }

                replacements[parameter] = only;
                block.Parameters.RemoveAt(i);
                incoming[block].ForEach(edge => edge.Arguments.RemoveAt(i));
            }
        }

        function.Replace(replacements);
        return replacements.Count > 0;
    }

    private static IrValue? OnlyArgument(
        List<IrEdge> edges, IrBlockParameter parameter, int position, Dictionary<IrValue, IrValue> replacements)
    {
        IrValue? only = null;
        foreach (IrEdge edge in edges)
        {
            IrValue argument = edge.Arguments[position];
            while (replacements.TryGetValue(argument, out IrValue? replaced))
            {
                argument = replaced;
            }

            bool isSame = only is null || Uniformity.IsSame(argument, only);
            if (argument != parameter && !isSame)
            {
                return null;
            }

            only = argument == parameter ? only : argument;
        }

        return only;
    }

    // An empty block without parameters that only jumps on is passed by; a loop's header never is. A branch may then lead to one place.
    private static bool SkipEmpty(IrFunction function)
    {
        bool changed = false;
        foreach (IrEdge edge in function.Blocks.SelectMany(block => block.Edges))
        {
            IrBlock middle = edge.Target;
            if (middle.Instructions.Count == 0 && middle.Parameters.Count == 0 && middle.Edges.Count == 1 && middle.Edges[0].Target != middle)
            {
                edge.Target = middle.Edges[0].Target;
                edge.Arguments.AddRange(middle.Edges[0].Arguments);
                changed = true;
            }
        }

        foreach (IrBlock block in function.Blocks.Where(block => block.Edges.Count == 2))
        {
            (IrEdge first, IrEdge second) = (block.Edges[0], block.Edges[1]);
            if (first.Target == second.Target && first.Arguments.Zip(second.Arguments).All(pair => Uniformity.IsSame(pair.First, pair.Second)))
            {
                block.SetJump(first);
                changed = true;
            }
        }

        return changed;
    }

    private static bool Join(IrFunction function)
    {
        Dictionary<IrBlock, int> ways = function.Blocks
            .SelectMany(block => block.Edges)
            .GroupBy(edge => edge.Target)
            .ToDictionary(group => group.Key, group => group.Count());
        Dictionary<IrValue, IrValue> replacements = [];
        HashSet<IrBlock> gone = [];
        foreach (IrBlock block in function.Blocks)
        {
            while (!gone.Contains(block) && block.Edges.Count == 1 && ways[block.Edges[0].Target] == 1 && block.Edges[0].Target != block)
            {
                IrEdge edge = block.Edges[0];
                IrBlock next = edge.Target;
                for (int i = 0; i < next.Parameters.Count; i++)
                {
                    replacements[next.Parameters[i]] = edge.Arguments[i];
                }

                next.Instructions.ForEach(block.Append);
                next.Instructions.Clear();
                block.Condition = next.Condition;
                block.Edges.Clear();
                block.Edges.AddRange(next.Edges);
                gone.Add(next);
            }
        }

        function.Blocks.RemoveAll(gone.Contains);
        function.Replace(replacements);
        return gone.Count > 0;
    }
}
