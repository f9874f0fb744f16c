using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Passes;

/// <summary>Hands the values of a loop to what follows it through variables, so that the loop may be copied; they become registers again later.</summary>
internal static class LoopResults
{
    internal static void ToVariables(IrFunction function, HashSet<IrBlock> body)
    {
        Dictionary<IrValue, IrInstruction> variables = [];
        foreach (IrBlock block in function.Blocks.Where(block => !body.Contains(block)).ToArray())
        {
            for (int i = 0; i < block.Instructions.Count; i++)
            {
                IrInstruction user = block.Instructions[i];
                for (int j = 0; j < user.Operands.Length; j++)
                {
                    if (Variable(function, body, variables, user.Operands[j]) is IrInstruction variable)
                    {
                        IrInstruction load = Load(function, block, variable, user.Operands[j].Type);
                        block.Instructions.Insert(i++, load);
                        user.Operands[j] = load;
                    }
                }
            }

            IrValue AtEnd(IrValue value)
            {
                if (Variable(function, body, variables, value) is not IrInstruction variable)
                {
                    return value;
                }

                IrInstruction load = Load(function, block, variable, value.Type);
                block.Instructions.Add(load);
                return load;
            }

            block.Condition = block.Condition is null ? null : AtEnd(block.Condition);
            foreach (IrEdge edge in block.Edges)
            {
                for (int i = 0; i < edge.Arguments.Count; i++)
                {
                    edge.Arguments[i] = AtEnd(edge.Arguments[i]);
                }
            }
        }
    }

    // The variable of a value of the loop, with a store behind its definition; null for other values.
    private static IrInstruction? Variable(
        IrFunction function, HashSet<IrBlock> body, Dictionary<IrValue, IrInstruction> variables, IrValue value)
    {
        if (variables.TryGetValue(value, out IrInstruction? variable))
        {
            return variable;
        }

        IrBlock? home = value is IrBlockParameter parameter ? parameter.Block : (value as IrInstruction)?.Block;
        if (home is null || !body.Contains(home))
        {
            return null;
        }

        variable = new IrInstruction(IrOpcode.Alloca, IrType.Pointer(value.Type, AddressSpace.Private), function.NextId(), [])
        {
            Leaves = [value.Type], Block = function.Entry,
        };
        function.Entry.Instructions.Insert(0, variable);
        IrInstruction store = new(IrOpcode.Store, IrType.Void, function.NextId(), [variable, value]) { Block = home };
        home.Instructions.Insert(value is IrInstruction definition ? home.Instructions.IndexOf(definition) + 1 : 0, store);
        variables[value] = variable;
        return variable;
    }

    private static IrInstruction Load(IrFunction function, IrBlock block, IrInstruction variable, IrType type) =>
        new(IrOpcode.Load, type, function.NextId(), [variable]) { Block = block };
}
