using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Passes;

/// <summary>Splits a variable of several leaves into one variable a leaf, once only leaves of it are addressed.</summary>
internal static class ScalarReplacement
{
    internal static void Run(IrFunction function)
    {
        Dictionary<IrValue, List<IrInstruction>> users = [];
        foreach (IrInstruction instruction in function.Instructions)
        {
            foreach (IrValue operand in instruction.Operands.Distinct())
            {
                (users.TryGetValue(operand, out List<IrInstruction>? list) ? list : users[operand] = []).Add(instruction);
            }
        }

        HashSet<IrValue> passedOn = [.. function.Blocks.SelectMany(block => block.Edges).SelectMany(edge => edge.Arguments)];
        Dictionary<IrValue, IrValue> replacements = [];
        foreach (IrInstruction variable in function.Entry.Instructions.Where(one => one is { Opcode: IrOpcode.Alloca, Leaves.Count: > 1 }).ToArray())
        {
            Dictionary<IrInstruction, int> addresses = [];
            if (Collect(variable, 0, users, passedOn, addresses))
            {
                Split(function, variable, addresses, replacements);
            }
        }

        function.Replace(replacements);
    }

    // Finds the addresses of leaves; false when the address is used in any other way.
    private static bool Collect(
        IrInstruction address,
        int offset,
        Dictionary<IrValue, List<IrInstruction>> users,
        HashSet<IrValue> passedOn,
        Dictionary<IrInstruction, int> addresses)
    {
        if (passedOn.Contains(address))
        {
            return false;
        }

        foreach (IrInstruction user in users.GetValueOrDefault(address) ?? [])
        {
            if (user.Opcode != IrOpcode.LeafAddress)
            {
                return false;
            }

            int leaf = offset + user.Immediate;
            if (user.Type.Element != ScalarKind.Void)
            {
                addresses[user] = leaf;
            }
            else if (!Collect(user, leaf, users, passedOn, addresses))
            {
                return false;
            }
        }

        return true;
    }

    private static void Split(
        IrFunction function, IrInstruction variable, Dictionary<IrInstruction, int> addresses, Dictionary<IrValue, IrValue> replacements)
    {
        Dictionary<int, IrInstruction> parts = [];
        foreach ((IrInstruction address, int leaf) in addresses)
        {
            if (!parts.TryGetValue(leaf, out IrInstruction? part))
            {
                IrType type = IrType.Pointer(variable.Leaves[leaf], AddressSpace.Private);
                part = new IrInstruction(IrOpcode.Alloca, type, function.NextId(), []) { Leaves = [variable.Leaves[leaf]], Block = function.Entry };
                function.Entry.Instructions.Insert(0, part);
                parts[leaf] = part;
            }

            replacements[address] = part;
        }
    }
}
