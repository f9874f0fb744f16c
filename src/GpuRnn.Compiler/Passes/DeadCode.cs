using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Passes;

/// <summary>Removes instructions and block parameters that nothing visible depends on.</summary>
internal static class DeadCode
{
    internal static void Run(IrFunction function)
    {
        HashSet<IrValue> live = [];
        Stack<IrValue> open = new(function.Instructions.Where(one => one.HasEffect));
        ILookup<IrBlock, IrEdge> incoming = function.Blocks.SelectMany(block => block.Edges).ToLookup(edge => edge.Target);
        foreach (IrBlock block in function.Blocks.Where(block => block.Condition is not null))
        {
            open.Push(block.Condition!);
        }

        while (open.TryPop(out IrValue? value))
        {
            if (!live.Add(value))
            {
                continue;
            }

            if (value is IrInstruction instruction)
            {
                Array.ForEach(instruction.Operands, open.Push);
            }
            else if (value is IrBlockParameter parameter)
            {
                int position = parameter.Block.Parameters.IndexOf(parameter);
                foreach (IrEdge edge in incoming[parameter.Block])
                {
                    open.Push(edge.Arguments[position]);
                }
            }
        }

        foreach (IrBlock block in function.Blocks)
        {
            block.Instructions.RemoveAll(one => !live.Contains(one));
            for (int i = block.Parameters.Count - 1; i >= 0; i--)
            {
                if (!live.Contains(block.Parameters[i]))
                {
                    block.Parameters.RemoveAt(i);
                    foreach (IrEdge edge in incoming[block])
                    {
                        edge.Arguments.RemoveAt(i);
                    }
                }
            }
        }
    }
}
