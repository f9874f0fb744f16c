using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Ptx;

/// <summary>Lets neighbouring numbers move together, two or four at once, where the address is known to be a multiple of all their bytes.</summary>
/// <remarks>
/// Loads of a block between two effects may happen in any order, so those of neighbours become one at the place of the first. Stores keep
/// their order: only such that follow each other become one, at the place of the last. <see cref="Alignments"/> says what is aligned.
/// </remarks>
internal static class VectorAccesses
{
    internal static void Run(IrFunction function)
    {
        Alignments alignments = new(function);
        foreach (IrBlock block in function.Blocks)
        {
            MergeLoads(function, alignments, block);
            MergeStores(function, alignments, block);
        }

        Dictionary<IrValue, IrValue> plain = function.Instructions.Where(one => one.Opcode == IrOpcode.AlignedAddress)
            .ToDictionary(one => (IrValue)one, one => one.Operands[0]);
        function.Blocks.ForEach(block => block.Instructions.RemoveAll(plain.ContainsKey));
        function.Replace(plain);
    }

    private static void MergeLoads(IrFunction function, Alignments alignments, IrBlock block)
    {
        Dictionary<IrValue, IrValue> replacements = [];
        List<Access> open = [];
        foreach (IrInstruction instruction in block.Instructions.ToArray())
        {
            if (instruction.HasEffect)
            {
                Merge();
            }
            else if (instruction.Opcode == IrOpcode.Load && Access.Of(instruction, instruction.Type) is Access access)
            {
                open.Add(access);
            }
        }

        Merge();
        function.Replace(replacements);

        void Merge()
        {
            foreach (IGrouping<(AddressPlace, ScalarKind), Access> neighbours in open.GroupBy(access => (access.Place, access.Kind)))
            {
                List<Access> left = [.. neighbours.DistinctBy(access => access.Offset).OrderBy(access => access.Offset)];
                for (int first = 0; first < left.Count;)
                {
                    Access[] together = Together(alignments, left, first);
                    first += Math.Max(1, together.Length);
                    if (together.Length > 0)
                    {
                        Load(function, block, together, replacements);
                    }
                }
            }

            open.Clear();
        }
    }

    private static void MergeStores(IrFunction function, Alignments alignments, IrBlock block)
    {
        List<Access> run = [];
        foreach (IrInstruction instruction in block.Instructions.ToArray())
        {
            Access? access = instruction.Opcode == IrOpcode.Store ? Access.Of(instruction, instruction.Operands[1].Type) : null;
            if (access is not null && (run.Count == 0 || (run[^1].Place == access.Place && run[^1].Kind == access.Kind && run[^1].Offset + access.Size == access.Offset)))
            {
                run.Add(access);
            }
            else if (access is not null || !instruction.IsPure)
            {
                Merge();
                run.AddRange(access is null ? [] : [access]);
            }
        }

        Merge();

        void Merge()
        {
            for (int first = 0; first < run.Count;)
            {
                Access[] together = Together(alignments, run, first);
                first += Math.Max(1, together.Length);
                if (together.Length > 0)
                {
                    Store(function, block, together);
                }
            }

            run.Clear();
        }
    }

    // The most neighbours from one on that an aligned access holds; none when it stays alone.
    private static Access[] Together(Alignments alignments, List<Access> accesses, int first)
    {
        Access lowest = accesses[first];
        long alignment = alignments.Of(lowest.Place);
        for (int count = Alignments.Maximum / lowest.Size; count > 1; count /= 2)
        {
            int bytes = count * lowest.Size;
            bool isAligned = alignment >= bytes && lowest.Offset % bytes == 0;
            bool areThere = first + count <= accesses.Count
                && Enumerable.Range(0, count).All(i => accesses[first + i].Offset == lowest.Offset + ((long)i * lowest.Size));
            if (isAligned && areThere)
            {
                return [.. accesses.Skip(first).Take(count)];
            }
        }

        return [];
    }

    private static void Load(IrFunction function, IrBlock block, Access[] together, Dictionary<IrValue, IrValue> replacements)
    {
        Access earliest = together.MinBy(access => block.Instructions.IndexOf(access.Instruction))!;
        IrInstruction address = Address(function, earliest, together[0].Offset);
        IrType type = earliest.Instruction.Type;
        IrInstruction all = new(IrOpcode.Load, IrType.Vector(type.Kind, together.Length), function.NextId(), [address]) { Source = earliest.Instruction.Source };
        List<IrInstruction> added = [address, all];
        for (int i = 0; i < together.Length; i++)
        {
            IrInstruction element = new(IrOpcode.Element, type, function.NextId(), [all, IrConstant.Of(i)]) { Source = all.Source };
            replacements[together[i].Instruction] = element;
            added.Add(element);
        }

        Insert(block, earliest.Instruction, added, together);
    }

    private static void Store(IrFunction function, IrBlock block, Access[] together)
    {
        Access last = together[^1];
        IrInstruction address = Address(function, last, together[0].Offset);
        IrValue[] values = Array.ConvertAll(together, access => access.Instruction.Operands[1]);
        IrInstruction all = new(IrOpcode.Store, IrType.Void, function.NextId(), [address, .. values]) { Source = last.Instruction.Source };
        Insert(block, last.Instruction, [address, all], together);
    }

    private static IrInstruction Address(IrFunction function, Access known, long offset) => new(
        IrOpcode.ByteAddress, known.Instruction.Operands[0].Type, function.NextId(), [known.Instruction.Operands[0], IrConstant.Of(offset - known.Offset)]);

    private static void Insert(IrBlock block, IrInstruction before, List<IrInstruction> added, Access[] replaced)
    {
        added.ForEach(instruction => instruction.Block = block);
        block.Instructions.InsertRange(block.Instructions.IndexOf(before), added);
        block.Instructions.RemoveAll(instruction => Array.Exists(replaced, access => access.Instruction == instruction));
    }

    /// <summary>A load or a store of one number of 4 or 8 bytes.</summary>
    private sealed record Access(IrInstruction Instruction, AddressPlace Place, long Offset, int Size)
    {
        internal ScalarKind Kind => Instruction.Operands[0].Type.Element;

        internal static Access? Of(IrInstruction instruction, IrType number)
        {
            ScalarKind element = instruction.Operands[0].Type.Element;
            if (number.IsVector || element != number.Kind || number.Kind is not (ScalarKind.F32 or ScalarKind.I32 or ScalarKind.F64 or ScalarKind.I64))
            {
                return null;
            }

            (AddressPlace place, long offset) = AddressPlace.Of(instruction.Operands[0]);
            return new Access(instruction, place, offset, number.SizeInBytes);
        }
    }
}
