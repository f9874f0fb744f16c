using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Passes;

/// <summary>Turns local arrays whose indices are all known into one variable an element, which become registers.</summary>
internal static class LocalArrays
{
    /// <returns>True when an array was replaced.</returns>
    internal static bool Run(IrFunction function)
    {
        ILookup<IrValue, IrInstruction> users = function.Instructions
            .SelectMany(one => one.Operands.Distinct().Select(operand => (operand, one)))
            .ToLookup(use => use.operand, use => use.one);
        HashSet<IrValue> passedOn = [.. function.Blocks.SelectMany(block => block.Edges).SelectMany(edge => edge.Arguments)];
        Dictionary<IrValue, IrValue> replacements = [];
        foreach (IrInstruction array in function.Instructions.Where(one => one.Opcode == IrOpcode.LocalArray).ToArray())
        {
            Dictionary<IrInstruction, long> places = [];
            Dictionary<long, IrType> elements = [];
            if (array.Operands[0] is IrConstant count
                && Collect(array, 0, users, passedOn, places, elements)
                && AreApart(elements, count.Bits * Math.Max(1, array.Type.PointeeBytes)))
            {
                Split(function, places, elements, replacements);
            }
        }

        // Addresses that led to elements are left over.
        function.Replace(replacements);
        DeadCode.Run(function);
        return replacements.Count > 0;
    }

    // Finds the addresses that loads and stores use, with their offsets in bytes; false when one is used in another way or not known.
    private static bool Collect(
        IrInstruction address,
        long offset,
        ILookup<IrValue, IrInstruction> users,
        HashSet<IrValue> passedOn,
        Dictionary<IrInstruction, long> places,
        Dictionary<long, IrType> elements)
    {
        if (passedOn.Contains(address))
        {
            return false;
        }

        foreach (IrInstruction user in users[address])
        {
            bool isAccess = user.Opcode == IrOpcode.Load || (user.Opcode == IrOpcode.Store && user.Operands[1] != address);
            if (isAccess)
            {
                IrType accessed = user.Opcode == IrOpcode.Load ? user.Type : user.Operands[1].Type;
                IrType element = IrType.Vector(address.Type.Element, accessed.Lanes);
                if (element.SizeInBytes == 0 || (elements.TryGetValue(offset, out IrType other) && other != element))
                {
                    return false;
                }

                places[address] = offset;
                elements[offset] = element;
            }
            else if (user.Opcode is not (IrOpcode.ElementAddress or IrOpcode.ByteAddress) || user.Operands[1] is not IrConstant step)
            {
                return false;
            }
            else
            {
                long unit = user.Opcode == IrOpcode.ByteAddress ? 1 : address.Type.PointeeBytes;
                if (!Collect(user, offset + (step.Bits * unit), users, passedOn, places, elements))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool AreApart(Dictionary<long, IrType> elements, long bytes)
    {
        long end = 0;
        foreach ((long offset, IrType element) in elements.OrderBy(pair => pair.Key))
        {
            if (offset < end)
            {
                return false;
            }

            end = offset + element.SizeInBytes;
        }

        return end <= bytes;
    }

    private static void Split(
        IrFunction function, Dictionary<IrInstruction, long> places, Dictionary<long, IrType> elements, Dictionary<IrValue, IrValue> replacements)
    {
        Dictionary<long, IrInstruction> parts = [];
        foreach ((long offset, IrType element) in elements.OrderBy(pair => pair.Key))
        {
            IrType type = IrType.Pointer(element, AddressSpace.Private);
            parts[offset] = new IrInstruction(IrOpcode.Alloca, type, function.NextId(), []) { Leaves = [element], Block = function.Entry };
            function.Entry.Instructions.Insert(0, parts[offset]);
        }

        foreach ((IrInstruction address, long offset) in places)
        {
            replacements[address] = parts[offset];
        }
    }
}
