using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Passes;

/// <summary>Uses the value that a work-item has just stored or loaded instead of loading it again.</summary>
/// <remarks>
/// <para>
/// Known values go from a block to those that only it leads to. A store forgets what it may have overwritten: two views may show the same
/// memory, so a store to device memory forgets all of it but the places that are certainly others (the same view with other constant
/// offsets). What other work-items see or write is ordered by barriers, fences, atomics, acquires and releases alone, which therefore forget everything that is
/// shared with them.
/// </para>
/// <para>A stored number is only forwarded when memory keeps all of it: 8 and 16 bits are loaded again.</para>
/// </remarks>
internal static class MemoryForwarding
{
    internal static void Run(IrFunction function)
    {
        ControlFlow flow = new(function);
        Dictionary<IrValue, IrValue> replacements = [];
        Dictionary<IrBlock, Dictionary<IrValue, IrValue>> atEnd = [];
        foreach (IrBlock block in flow.Blocks)
        {
            Dictionary<IrValue, IrValue> known = flow.Predecessors(block) is [IrBlock only] && atEnd.TryGetValue(only, out Dictionary<IrValue, IrValue>? above)
                ? new(above)
                : [];
            foreach (IrInstruction instruction in block.Instructions)
            {
                Visit(instruction, known, replacements);
            }

            block.Instructions.RemoveAll(replacements.ContainsKey);
            atEnd[block] = known;
        }

        function.Replace(replacements);
    }

    // Addresses are equal when they are the same value; common subexpressions have seen to that.
    private static void Visit(IrInstruction instruction, Dictionary<IrValue, IrValue> known, Dictionary<IrValue, IrValue> replacements)
    {
        switch (instruction.Opcode)
        {
            case IrOpcode.Load:
                IrValue source = instruction.Operands[0];
                if (known.TryGetValue(source, out IrValue? value) && value.Type == instruction.Type)
                {
                    replacements[instruction] = value;
                }
                else
                {
                    known[source] = instruction;
                }

                break;
            case IrOpcode.Store:
                IrValue target = instruction.Operands[0];
                Forget(known, address => MayOverlap(address, known[address].Type, target, instruction.Operands[1].Type));
                if (KeepsAll(target.Type))
                {
                    known[target] = instruction.Operands[1];
                }

                break;
            case IrOpcode.Barrier or IrOpcode.WarpBarrier or IrOpcode.WarpShuffle or IrOpcode.Fence or IrOpcode.Atomic
                or IrOpcode.LoadAcquire or IrOpcode.StoreRelease or IrOpcode.AddRelease or IrOpcode.AsyncCopy or IrOpcode.AsyncWait:
                Forget(known, address => address.Type.Space != AddressSpace.Private);
                break;
            default:
                break;
        }
    }

    private static bool KeepsAll(IrType pointer) => pointer.Element is ScalarKind.Bool or ScalarKind.I32 or ScalarKind.I64 or ScalarKind.F32 or ScalarKind.F64;

    private static void Forget(Dictionary<IrValue, IrValue> known, Predicate<IrValue> isGone)
    {
        foreach (IrValue address in known.Keys.Where(address => isGone(address)).ToArray())
        {
            known.Remove(address);
        }
    }

    private static bool MayOverlap(IrValue first, IrType firstType, IrValue second, IrType secondType)
    {
        if (first.Type.Space != second.Type.Space)
        {
            return first.Type.Space == AddressSpace.Unknown || second.Type.Space == AddressSpace.Unknown;
        }

        (IrValue firstRoot, long firstOffset) = Place(first);
        (IrValue secondRoot, long secondOffset) = Place(second);
        if (firstRoot != secondRoot)
        {
            return !(IsArray(firstRoot) && IsArray(secondRoot));
        }

        // Numbers of 8 and 16 bits are wider as values than in memory, which errs on the safe side.
        return firstOffset < secondOffset + secondType.SizeInBytes && secondOffset < firstOffset + firstType.SizeInBytes;
    }

    private static bool IsArray(IrValue root) => root is IrInstruction { Opcode: IrOpcode.LocalArray or IrOpcode.SharedArray };

    /// <summary>What an address is a constant number of bytes away from.</summary>
    private static (IrValue Root, long Offset) Place(IrValue address)
    {
        long offset = 0;
        while (address is IrInstruction { Opcode: IrOpcode.ElementAddress or IrOpcode.ByteAddress } step && step.Operands[1] is IrConstant constant)
        {
            offset += constant.Bits * (step.Opcode == IrOpcode.ByteAddress ? 1 : step.Operands[0].Type.PointeeBytes);
            address = step.Operands[0];
        }

        return (address, offset);
    }
}
